"""What a challenger loses against the champion, question by question: on frozen visits and on the sentinel cases."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage_core.model.ordinal import class_probabilities
from triage_core.training.bootstrap import Loss, Resampling, Values, calibration_columns, calibration_error, paired_loss

Ranks = NDArray[np.integer]
AT_LEAST_JAUNE, AT_LEAST_ROUGE = 1, 2  # columns of the cumulative probabilities
UNKNOWN = Loss(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Answers:
    """What both models say of the same rows: P(at least VERT, JAUNE, ROUGE), shape ``(n, 3)`` each, and the truth."""

    ranks: Ranks
    champion: Values
    challenger: Values


@dataclass(frozen=True)
class SentinelAnswers:
    """The same of the sentinel cases, all of them critical, each with its family."""

    champion: Values
    challenger: Values
    families: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """One question of the gate (the name of its margin), its words, and the loss; a loss of NaN cannot be told."""

    name: str
    label: str
    loss: Loss


def measure_losses(frozen: Answers, sentinels: SentinelAnswers, how: Resampling) -> tuple[Measured, ...]:
    """Every question in a fixed order; shares, positive when the challenger is worse."""
    return (
        Measured("rouge_recall", "rappel ROUGE", _recall(frozen, how)),
        Measured("rouge_probability", "probabilité ROUGE des vrais ROUGE", _probability(frozen, how)),
        Measured("under_triage", "sous-triage", _under_triage(frozen, how)),
        Measured("calibration", "erreur de calibration", _calibration(frozen, how)),
        Measured("sentinel_rouge", "sentinelles, probabilité ROUGE", _faded(sentinels, AT_LEAST_ROUGE, how)),
        Measured("sentinel_jaune", "sentinelles, probabilité JAUNE ou plus", _faded(sentinels, AT_LEAST_JAUNE, how)),
        _worst_family(sentinels),
    )


def _recall(told: Answers, how: Resampling) -> Loss:
    most = told.champion.shape[1]
    is_rouge = (told.ranks == most).astype(np.float64)
    hits = [is_rouge * (_said(at_least) == most) for at_least in (told.champion, told.challenger)]
    return paired_loss(np.column_stack([is_rouge, *hits]), _share_lost, how)


def _probability(told: Answers, how: Resampling) -> Loss:
    """The same question as recall without the noise of a most probable class."""
    is_rouge = (told.ranks == told.champion.shape[1]).astype(np.float64)
    both = (is_rouge * told.champion[:, -1], is_rouge * told.challenger[:, -1])
    return paired_loss(np.column_stack([is_rouge, *both]), _share_lost, how)


def _under_triage(told: Answers, how: Resampling) -> Loss:
    under = [(_said(at_least) < told.ranks).astype(np.float64) for at_least in (told.challenger, told.champion)]
    return paired_loss(np.column_stack([np.ones(len(told.ranks)), *under]), _share_lost, how)


def _calibration(told: Answers, how: Resampling) -> Loss:
    n_levels = told.champion.shape[1]
    both = [calibration_columns(at_least, told.ranks) for at_least in (told.champion, told.challenger)]
    width = both[0].shape[1]

    def lost(sums: Values) -> Values:
        n, champion, challenger = sums[:, 0], sums[:, 1 : width + 1], sums[:, width + 1 :]
        return calibration_error(challenger, n, n_levels) - calibration_error(champion, n, n_levels)

    return paired_loss(np.column_stack([np.ones(len(told.ranks)), *both]), lost, how)


def _faded(told: SentinelAnswers, place: int, how: Resampling) -> Loss:
    columns = np.column_stack([np.ones(len(told.families)), told.champion[:, place], told.challenger[:, place]])
    return paired_loss(columns, _share_lost, how)


def _worst_family(told: SentinelAnswers) -> Measured:
    """A poison in one corner hides in a mean: no family may fade. A family is too small for an interval."""
    name, label = "sentinel_family", "sentinelles, famille la plus touchée"
    worst = max(_family_losses(told), default=None)
    if worst is None:
        return Measured(name, label, UNKNOWN)
    return Measured(name, f"{label} ({worst[1].replace('_', ' ')})", Loss(worst[0], worst[0], worst[0]))


def _family_losses(told: SentinelAnswers) -> Iterator[tuple[float, str]]:
    families = np.array(told.families)
    lost = told.champion[:, AT_LEAST_JAUNE] - told.challenger[:, AT_LEAST_JAUNE]
    for family in sorted(set(told.families)):
        yield float(lost[families == family].mean()), family


def _share_lost(sums: Values) -> Values:
    """Columns: how many count, what the better side has, what the other has."""
    lost: Values = (sums[:, 1] - sums[:, 2]) / sums[:, 0]
    return lost


def _said(at_least: Values) -> Ranks:
    """The most probable rank of each row."""
    said: Ranks = class_probabilities(at_least).argmax(axis=1)
    return said
