from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HouseConfig(AppConfig):
    name = "config"
    verbose_name = "Habeas"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers the system checks)


class StaffSiteConfig(AdminConfig):
    default_site = "config.admin.StaffSite"
