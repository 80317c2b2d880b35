"""Addresses of the live check of formulas and roll-ups."""

from django.urls import path

from . import formula_views

urlpatterns = [
    path("<slug:slug>/formula/check", formula_views.check, name="formula-check"),
    path("<slug:slug>/formula/words", formula_views.words, name="formula-words"),
]
