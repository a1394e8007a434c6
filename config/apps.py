from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class HouseConfig(AppConfig):
    name = "config"
    verbose_name = "Habeas"

    def ready(self) -> None:
        from config import checks, statements, watching  # noqa: F401  (register checks, statements, the security log)


class StaffSiteConfig(AdminConfig):
    """Stands last among the apps: after its migrations every permission is known."""

    default_site = "config.admin.StaffSite"

    def ready(self) -> None:
        from config import factors, staff_users
        from config.roles import make_roles

        super().ready()
        factors.register()
        staff_users.register()
        post_migrate.connect(make_roles, sender=self, dispatch_uid="roles")
