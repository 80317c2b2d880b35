"""Address of the control totals."""

from django.urls import path

from kith.core.ui import control_totals_page

urlpatterns = [path("control-totals", control_totals_page.show, name="control_totals")]
