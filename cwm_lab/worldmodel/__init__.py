"""Imagination: the transition dialect, the scheduler, engines and the built-in model's weights."""

from cwm_lab.worldmodel.builtin import BuiltinModel
from cwm_lab.worldmodel.envelope import Notice, envelope
from cwm_lab.worldmodel.following import CannotFollowError
from cwm_lab.worldmodel.model import WorldModel
from cwm_lab.worldmodel.registry import load_model, predict
from cwm_lab.worldmodel.resyncing import Resynced
from cwm_lab.worldmodel.session import Session

__all__ = [
    "BuiltinModel",
    "CannotFollowError",
    "Notice",
    "Resynced",
    "Session",
    "WorldModel",
    "envelope",
    "load_model",
    "predict",
]
