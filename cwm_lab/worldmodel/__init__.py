"""Imagination: the transition dialect, the scheduler, engines and the built-in model's weights."""

from cwm_lab.worldmodel.builtin import BuiltinModel, load_model, predict

__all__ = ["BuiltinModel", "load_model", "predict"]
