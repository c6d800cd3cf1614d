"""What can happen to heads: one function a verb. Views, tasks, commands and the API come in by this door."""

from featurestore.heads.looking_after import set_policy, settle_alert
from featurestore.heads.refusals import CannotTrainHere, NotNow, Refused
from featurestore.heads.registering import plant, register
from featurestore.heads.requesting import agree, ask_promotion, decline
from featurestore.heads.serving_actions import deploy, hold, promote, retire, roll_back, set_canary, set_threshold
from featurestore.heads.training_actions import ask_training, train

__all__ = [
    "CannotTrainHere",
    "NotNow",
    "Refused",
    "agree",
    "ask_promotion",
    "ask_training",
    "decline",
    "deploy",
    "hold",
    "plant",
    "promote",
    "register",
    "retire",
    "roll_back",
    "set_canary",
    "set_policy",
    "set_threshold",
    "settle_alert",
    "train",
]
