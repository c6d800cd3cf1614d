"""What beat starts, and how often: seconds, or a time of day in UTC. Each of these is safe to run twice."""

from typing import Any

from celery.schedules import crontab

BEAT: dict[str, dict[str, Any]] = {
    "sweep what waits for the prefilter": {
        "task": "moderation.prefilter.sweep",
        "schedule": 5.0,
        "options": {"queue": "chores"},
    },
    "deliver what is due": {"task": "brickmod.outbox.deliver_due", "schedule": 2.0, "options": {"expires": 10}},
    "pulse of the workers": {"task": "moderation.prefilter.pulse", "schedule": 10.0, "options": {"expires": 10}},
    "keep the store's figures fresh": {"task": "featurestore.overview.keep_fresh", "schedule": 120.0},
    "choose what to ask": {"task": "moderation.labelling.choose", "schedule": 60.0, "options": {"expires": 50}},
    "close label questions": {"task": "moderation.labelling.close", "schedule": 300.0},
    "end interrupted erasures": {"task": "moderation.intake.finish_erasures", "schedule": 300.0},
    "scrub after erasures": {"task": "moderation.intake.scrub", "schedule": 60.0, "options": {"expires": 50}},
    "scrub a large database at night": {
        "task": "moderation.intake.scrub",
        "schedule": crontab(hour="3", minute="17"),
        "kwargs": {"full": True},
    },
    "preserve what was hidden": {
        "task": "moderation.restricted.preserve_due",
        "schedule": 30.0,
        "options": {"expires": 29},
    },
    "destroy what is no longer held": {"task": "moderation.restricted.destroy_due", "schedule": 3600.0},
    "what comments are worth": {"task": "engagement.value.measure", "schedule": crontab(hour="4", minute="40")},
    "count the desk's hours": {"task": "moderation.shifts.count", "schedule": 60.0, "options": {"expires": 50}},
    "count the desk's days at night": {
        "task": "moderation.shifts.count",
        "schedule": crontab(hour="3", minute="20"),
        "kwargs": {"days": 30},
    },
    "count themes": {"task": "engagement.trends.roll_up", "schedule": 600.0, "options": {"expires": 500}},
    "count all themes at night": {
        "task": "engagement.trends.roll_up",
        "schedule": crontab(hour="3", minute="40"),
        "kwargs": {"whole": True},
    },
    "what people say of themes": {"task": "engagement.daily.tell_pairs", "schedule": crontab(minute="25")},
    "the daily run": {"task": "engagement.daily.begin_due", "schedule": 60.0, "options": {"expires": 50}},
    "what is new": {
        "task": "engagement.novelty.tend",
        "schedule": crontab(minute="25"),
        "options": {"queue": "training", "expires": 3000},
    },
    "give likes": {"task": "engagement.characters.give_likes", "schedule": 30.0, "options": {"expires": 25}},
    "seal features": {"task": "featurestore.compact", "schedule": 300.0, "options": {"expires": 240}},
    "retrain what is due": {"task": "featurestore.check_policies", "schedule": 3600.0, "options": {"expires": 3000}},
    "tend trainings": {"task": "featurestore.tend_trainings", "schedule": 30.0, "options": {"expires": 25}},
    "MLflow follows": {"task": "featurestore.mirror", "schedule": 60.0, "options": {"expires": 50}},
    "what follows for authors": {"task": "moderation.authors.sweep", "schedule": 10.0, "options": {"expires": 9}},
    "forget authors": {"task": "moderation.authors.tidy", "schedule": crontab(hour="3", minute="47")},
    "watch for bursts": {"task": "moderation.alerts.watch", "schedule": 30.0, "options": {"expires": 29}},
    "forget bursts": {"task": "moderation.alerts.tidy", "schedule": crontab(hour="3", minute="53")},
    "how pictures look": {"task": "moderation.search.take_looks", "schedule": 15.0, "options": {"expires": 14}},
    "policies take effect": {"task": "moderation.policies.publish_due", "schedule": 15.0, "options": {"expires": 14}},
    "draw second looks": {"task": "moderation.agreement.draw", "schedule": 30.0, "options": {"expires": 29}},
    "the month's set": {"task": "moderation.agreement.month", "schedule": crontab(hour="3", minute="33")},
    "close windows": {"task": "moderation.prefilter.close_windows", "schedule": 300.0, "options": {"queue": "chores"}},
}
