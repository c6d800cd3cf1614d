from django.apps import AppConfig


class EngagementDemoConfig(AppConfig):
    name = "engagement.demo"
    label = "engagement_demo"
    verbose_name = "The demo's past"
