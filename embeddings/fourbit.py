"""A converted transformer with the 4-bit weights that its package carries, for OpenVINO to multiply as they are.

Nothing is rounded a second time: the runtime brings the activations to 8 bits, block by block, as the format has it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from embeddings import native
from embeddings.packed import BLOCK, Floats, Packed


def in_four_bits(graph: Any, packed: Packed) -> Any:
    """The graph with each decoded matrix replaced by its codes and scales, which OpenVINO multiplies as they are."""
    ov = native.openvino()
    ops = native.openvino_operations()
    shape = packed.shape
    known = {}
    for layer in range(shape.layers):
        for short in ("q", "k", "v", "ao", "fi", "fo"):
            name, columns = f"l{layer}.{short}.w", shape.inner if short == "fo" else shape.hidden
            known[_head(packed.matrix(name, columns))] = (name, columns)
    for node in graph.get_ordered_ops():
        constant = node.input_value(1).get_node() if node.get_type_name() == "MatMul" else None
        if constant is None or constant.get_type_name() != "Constant":
            continue
        name, columns = known[_head(constant.data)]
        codes, scales = packed.codes(name, columns)
        pairs = codes.reshape(-1, 2)
        halves = np.ascontiguousarray(pairs[:, 0] | pairs[:, 1] << 4)
        weights, middle = (
            ov.op.Constant(ov.Tensor(data, ov.Shape(of), ov.Type.u4), shared_memory=False)
            for data, of in ((halves, codes.shape), (np.array([0x88], np.uint8), (1, 1, 1)))
        )
        decoded = ops.subtract(ops.convert(weights, "f16"), ops.convert(middle, "f16"))
        decoded = ops.multiply(decoded, ops.constant(scales[..., None]))
        flat = ops.reshape(decoded, ops.constant(np.array([len(codes), codes.shape[1] * BLOCK])), special_zero=False)
        node.input(1).replace_source_output(ops.convert(flat, "f32").output(0))
    graph.validate_nodes_and_infer_types()
    return graph


def _head(matrix: Floats) -> bytes:
    """What tells one matrix from all others: its shape and its first rows."""
    return repr(matrix.shape).encode() + np.ascontiguousarray(matrix[:2], dtype=np.float32).tobytes()
