"""Addresses of jobs."""

from django.urls import path

from . import jobs_page

urlpatterns = [
    path("jobs", jobs_page.index, name="jobs"),
    path("jobs/<uuid:key>", jobs_page.show, name="job"),
    path("jobs/<uuid:key>/cancel", jobs_page.cancel, name="job-cancel"),
    path("jobs/<uuid:key>/retry", jobs_page.retry, name="job-retry"),
]
