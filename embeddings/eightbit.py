"""A converted transformer in 8 bits: weights with a scale for each output, activations with one for all their channels.

The ranges of the activations were measured once, on the sample coverage (``ranges.npz``, made by
``python -m benchmarks.calibrate``). It is half as fast again as 4 bits, and a little less exact (docs/index.md). Four
rewrites, exact before rounding, let one scale do for all channels:

- each channel is shifted by its centre and divided by its step; the weights and the bias that read it take that up
  (the idea of SmoothQuant: Xiao et al. 2023);
- behind a LayerNorm, shift and step go into a second copy of its gain and bias; behind attention, into the value
  projection (attention's weights sum to one, so a shift passes through);
- the few feed-forward channels with huge values are split into copies that share the weight (Zhao et al. 2019), which
  round at staggered offsets, so that together they resolve finer steps;
- the bias takes up the mean error of the rounded weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from embeddings import native
from embeddings.packed import Floats

ALPHA: Final = 0.85
"""How much of a channel's range its step takes up; the weights take the rest."""

COPIES: Final = 64
"""Channels added to each feed-forward layer."""


@dataclass
class Point:
    """An activation, the MatMuls that read it and the additions of their biases."""

    source: Any
    matmuls: list[Any]
    biases: list[Any]

    @property
    def kind(self) -> str:
        return str(self.source.get_node().get_type_name())

    @property
    def weights(self) -> list[Floats]:
        return [m.input_value(1).get_node().data.astype(np.float32) for m in self.matmuls]


@dataclass
class _Code:
    """How channels become integers: x[index] = step * integer + centre; each entry carries 1 / share of the weight."""

    index: NDArray[np.int64]
    share: Floats
    step: Floats
    centre: Floats
    mean: Floats


def points(model: Any) -> list[Point]:
    """Return the activations that meet constant weights, in the order of the model."""
    found: dict[str, Point] = {}
    for node in model.get_ordered_ops():
        if node.get_type_name() == "MatMul" and node.input_value(1).get_node().get_type_name() == "Constant":
            source = node.input_value(0)
            point = found.setdefault(source.get_node().get_friendly_name(), Point(source, [], []))
            point.matmuls.append(node)
            point.biases.append(next(iter(node.output(0).get_target_inputs())).get_node())
    return list(found.values())


def _code(low: Floats, high: Floats, mean: Floats, weights: Floats, extra: int) -> _Code:
    """Choose steps and centres for channels of these ranges, read by these weights; split the largest."""
    reach, size = np.maximum((high - low) / 2, 1e-3), np.maximum(np.abs(weights).max(0), 1e-6)
    count = np.ones(len(reach), np.int64)
    for _ in range(extra):
        count[np.argmax(reach * size / count)] += 1
    index = np.repeat(np.arange(len(count)), count)
    share = count[index].astype(np.float32)
    step = reach[index] ** ALPHA / (size[index] / share) ** (1 - ALPHA)
    step *= (reach[index] / step).max() / 127.5
    rank = np.arange(len(index)) - np.searchsorted(index, index)
    centre = ((low + high) / 2)[index] + step * ((rank + 0.5) / share - 0.5)
    return _Code(index, share, step.astype(np.float32), centre.astype(np.float32), mean[index])


def _row(values: Any) -> Any:
    return _ops().constant(np.asarray(values, np.float32).reshape(1, 1, -1))


def _rounded(source: Any, step: float = 1.0) -> Any:
    """Round to 256 multiples of ``step``, from -128 to 127."""
    low, high = _ops().constant(np.float32(-128 * step)), _ops().constant(np.float32(127 * step))
    return _ops().fake_quantize(source, low, high, low, high, 256)


def _redirect(old: Any, new: Any, readers: set[Any] | None = None) -> None:
    """Let the readers of ``old`` read `new`."""
    for reader in readers or old.output(0).get_target_inputs():
        reader.replace_source_output(new.output(0))


def _head(node: Any) -> Any:
    """Return what ``node`` only reshapes and transposes."""
    while node.get_type_name() in ("Reshape", "Transpose"):
        node = node.input_value(0).get_node()
    return node


def _integers(point: Point, reads: _Code) -> Any:
    """Return the point's activation as integers."""
    node = point.source.get_node()
    if point.kind == "Add":  # LayerNorm's last step
        gain = node.input_value(0).get_node()
        g, b = (n.input_value(1).get_node().data.reshape(-1) for n in (gain, node))
        scaled = _ops().multiply(gain.input_value(0), _row(g / reads.step))
        return _rounded(_ops().add(scaled, _row((b - reads.centre) / reads.step)).output(0))
    if point.kind == "Gelu":  # made anew, as it may be wider now
        gelu = _ops().gelu(node.input_value(0), node.get_attributes()["approximation_mode"])
        return _rounded(
            _ops().add(_ops().multiply(gelu, _row(1 / reads.step)), _row(-reads.centre / reads.step)).output(0)
        )
    inner = _head(node)  # attention, which the value projection has shifted and scaled
    readers = inner.output(0).get_target_inputs()
    _redirect(inner, _rounded(inner.output(0)), readers)
    return node


def _linear(integer: Any, weight: Floats, bias: Floats, reads: _Code) -> Any:
    """Return an int8 MatMul of the integers, with its bias."""
    wide = weight[:, reads.index] / reads.share
    scaled = wide * reads.step
    unit = np.maximum(np.abs(scaled).max(1, keepdims=True), 1e-12) / 127
    whole = np.round(scaled / unit).astype(np.int8)
    bias = bias + wide @ reads.mean - (whole * unit) @ ((reads.mean - reads.centre) / reads.step)
    small = _ops().multiply(_ops().convert(_ops().constant(whole), "f32"), _ops().constant(unit))
    return _ops().add(_ops().matmul(integer, small, False, True), _row(bias))


def in_eight_bits(model: Any, ranges: Mapping[str, NDArray[Any]]) -> Any:
    """Rewrite a graph in place, and return it.

    Args:
        ranges: the channels of all points in a row ("low", "high", "mean"), and each layer's largest query and key
            ("heads").

    Raises:
        ValueError: the ranges are another model's.
    """
    found, codes, start = points(model), [], 0
    for point in found:
        weights = np.concatenate(point.weights)
        part = slice(start, start := start + weights.shape[1])
        low, high, mean = (ranges[name][part].astype(np.float32) for name in ("low", "high", "mean"))
        codes.append(_code(low, high, mean, weights, COPIES if point.kind == "Gelu" else 0))
    if start != len(ranges["low"]):
        raise ValueError("the ranges belong to another model")
    heads = iter(ranges["heads"])
    for k, (point, reads) in enumerate(zip(found, codes, strict=True)):
        integer, following = _integers(point, reads), codes[k + 1 : k + 2]
        tops = next(heads) if len(point.matmuls) == 3 else ()
        for n, (addition, weight) in enumerate(zip(point.biases, point.weights, strict=True)):
            bias = addition.input_value(1).get_node().data.astype(np.float32).reshape(-1)
            if n == 2:  # the value projection
                weight, bias = weight / following[0].step[:, None], (bias - following[0].centre) / following[0].step
            elif following and found[k + 1].kind == "Gelu":
                weight, bias = weight[following[0].index], bias[following[0].index]
            total = _linear(integer, weight, bias, reads)
            if n < len(tops) and n < 2:
                total = _rounded(total.output(0), float(tops[n]) / 127)
            _redirect(addition, total)
    model.validate_nodes_and_infer_types()
    return model


@cache
def ranges() -> Mapping[str, NDArray[Any]]:
    """The ranges that the package carries for multilingual-e5-small."""
    with files("embeddings").joinpath("ranges.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


_ops = native.openvino_operations
