"""The use case verify(): prove the platform's views, and leave no trace."""

from autogpt_seed.verification.injection.planning import VerifySettings, load_settings
from autogpt_seed.verification.procedure import verify
from autogpt_seed.verification.report import Answer, Check, Outcome, VerificationReport

__all__ = [
    "Answer",
    "Check",
    "Outcome",
    "VerificationReport",
    "VerifySettings",
    "load_settings",
    "verify",
]
