from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.graph import Graph
from engine.inputs.graph_npz import Archive, read_archive


def header(shape: str, descr: str = "<f8") -> bytes:
    """The start of an .npy member that claims a shape, with nothing behind it."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def test_a_header_that_is_no_python_is_damage(tmp_path: Path) -> None:
    broken = b"\x93NUMPY\x01\x00" + (10).to_bytes(2, "little") + b"{'descr':("
    assert "damaged or truncated" in sentence(packed(tmp_path / "g.npz", a=broken))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back(tmp_path: Path, save):
    given = {"a": np.arange(12).reshape(3, 4), "b": np.asfortranarray(np.eye(3)), "c": np.ones(0)}
    save(tmp_path / "x.npz", **given)
    with Archive(tmp_path / "x.npz", "x.npz") as archive:
        assert archive.keys == ("a", "b", "c")
        for key, value in given.items():
            assert (archive.array(key, dimensions=value.ndim) == value).all()


def sentence(path: Path, key: str = "a", **wanted: object) -> str:
    with pytest.raises(UserError) as caught, Archive(path, "g.npz") as archive:
        archive.array(key, **({"dimensions": 1} | wanted))
    return str(caught.value)


def test_pickled_objects_are_never_opened(tmp_path: Path):
    np.savez(tmp_path / "g.npz", a=np.array([{"x": 1}], dtype=object))
    assert "'a' is pickled Python objects" in sentence(tmp_path / "g.npz")


def test_a_record_type_with_objects_in_it_is_refused(tmp_path: Path):
    descr = "[('x', '|O')]"
    data = header("(1,)").replace(b"'<f8'", descr.encode())
    data = data[:8] + (len(data) - 10).to_bytes(2, "little") + data[10:]
    assert "pickled" in sentence(packed(tmp_path / "g.npz", a=data + b"\x80\x04."))


def test_a_claimed_size_is_checked_before_it_is_read(tmp_path: Path):
    path = packed(tmp_path / "g.npz", a=header("(1000000000000,)"))
    assert sentence(path) == (
        "g.npz: its array 'a' claims 8,000,000 MB, more than the 400 MB that open here."
    )


def test_a_bomb_behind_a_small_array_is_not_unpacked(tmp_path: Path):
    path = packed(tmp_path / "g.npz", a=header("(1,)") + bytes(50_000_000))
    assert path.stat().st_size < 100_000
    assert "damaged or truncated" in sentence(path)


def test_too_many_members(tmp_path: Path):
    path = packed(tmp_path / "g.npz", **{f"m{i}": b"" for i in range(1001)})
    assert "1,001 members" in sentence(path)


def test_numbers_of_another_kind_or_dimension(tmp_path: Path):
    np.savez(tmp_path / "g.npz", a=np.array(["x"]), b=np.eye(2), c=np.array([1j]))
    assert sentence(tmp_path / "g.npz") == "g.npz: its array 'a' is of type <U1, not numbers."
    assert "2 dimensions instead of 1" in sentence(tmp_path / "g.npz", "b")
    assert "complex128" in sentence(tmp_path / "g.npz", "c")


def test_a_file_cut_anywhere_says_so(tmp_path: Path):
    np.savez_compressed(tmp_path / "whole.npz", a=np.arange(1000))
    data = (tmp_path / "whole.npz").read_bytes()
    for end in range(0, len(data), 97):
        path = tmp_path / "g.npz"
        path.write_bytes(data[:end])
        assert sentence(path) == (
            "g.npz is a damaged or truncated .npz file; copy or download it again."
        )


def test_changed_bytes_never_give_a_traceback(tmp_path: Path):
    np.savez_compressed(tmp_path / "whole.npz", a=np.arange(300))
    data = bytearray((tmp_path / "whole.npz").read_bytes())
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        try:
            with Archive(io.BytesIO(bytes(changed)), "g.npz") as archive:  # type: ignore[arg-type]
                if "a" in archive.keys:
                    archive.array("a", dimensions=1)
        except UserError:
            pass


PAIRS = {
    "A": np.array([[0, 1, 1, 2], [1, 0, 2, 1]]),
    "X": np.array([[0, 0, 2], [0, 3, 1]]),
    "y": np.array([0, 1, 1]),
}
CSR = {
    "adj_data": np.ones(4, np.float32),
    "adj_indices": np.array([1, 0, 2, 1], np.int32),
    "adj_indptr": np.array([0, 1, 3, 4], np.int32),
    "adj_shape": np.array([3, 3]),
    "attr_data": np.ones(3, np.float32),
    "attr_indices": np.array([0, 3, 1], np.int32),
    "attr_indptr": np.array([0, 2, 2, 3], np.int32),
    "attr_shape": np.array([3, 4]),
    "labels": np.array([0, 1, 1]),
}


def read(folder: Path, arrays: dict[str, np.ndarray]) -> Graph:
    np.savez(folder / "g.npz", **arrays)
    return read_archive(folder / "g.npz", "g.npz")


def refusal(folder: Path, layout: dict[str, np.ndarray], **changes: object) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, {k: v for k, v in (layout | changes).items() if v is not None})
    return str(caught.value)


@pytest.mark.parametrize(
    "arrays",
    [
        PAIRS,
        CSR,
        {k.replace("adj_", "adj_matrix.").replace("attr_", "attr_matrix."): CSR[k] for k in CSR},
    ],
    ids=["pairs", "csr", "dotted csr"],
)
def test_all_layouts_give_the_same_graph(tmp_path: Path, arrays):
    graph = read(tmp_path, arrays)
    assert graph.name == "g" and graph.nodes == 3 and graph.notes == ()
    assert (graph.adjacency.dense(np.arange(3)) == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]).all()
    assert (graph.features.dense(np.arange(3)) == [[1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0]]).all()
    assert list(graph.labels) == [0, 1, 1] and graph.class_names == ("class 0", "class 1")


def test_names_of_classes_are_read_as_text_and_passed_over_as_pickles(tmp_path: Path):
    names = np.array(["theory", "practice"])
    assert read(tmp_path, CSR | {"class_names": names}).class_names == ("theory", "practice")
    pickled = read(tmp_path, CSR | {"class_names": names.astype(object)})
    assert pickled.class_names == ("class 0", "class 1")


def test_a_graph_without_labels_opens(tmp_path: Path):
    graph = read(tmp_path, {k: v for k, v in CSR.items() if k != "labels"})
    assert graph.labels is None and graph.class_names == ()


def test_explicit_zeros_are_no_edges_and_weights_are_dropped(tmp_path: Path):
    weighted = read(tmp_path, CSR | {"adj_data": np.array([0.5, 0.5, 0.0, 0.0])})
    assert (weighted.adjacency.pairs() == [[0, 1], [1, 0]]).all()
    assert weighted.notes == ("edge weights were dropped: an edge is there or not",)
    zeros = read(tmp_path, CSR | {"attr_data": np.array([1, 0, 1])})
    assert zeros.features.counts.tolist() == [1, 0, 1]


def test_pickled_parts_are_refused(tmp_path: Path):
    said = refusal(tmp_path, PAIRS, A=np.array([[{}]], dtype=object))
    assert said == (
        "g.npz: its array 'A' is pickled Python objects, which could run code when opened, so it "
        "is never opened; save plain numbers instead."
    )


def test_missing_keys_name_what_was_found_and_expected(tmp_path: Path):
    said = refusal(tmp_path, PAIRS, y=None)
    assert said.startswith(
        "g.npz is not a graph in a layout known here (found: A, X); expected A, X"
    )
    assert refusal(tmp_path, CSR, attr_indptr=None) == (
        "g.npz lacks the array 'attr_indptr' of a matrix in CSR parts."
    )


@pytest.mark.parametrize(
    ("layout", "changes", "words"),
    [
        (PAIRS, {"A": np.zeros((3, 4), int)}, "'A' has the shape 3 x 4; index pairs have"),
        (PAIRS, {"A": np.array([[0], [3]])}, "'A' points outside the 3 x 3 matrix"),
        (PAIRS, {"A": np.array([[-1], [0]])}, "'A' points outside the 3 x 3 matrix"),
        (PAIRS, {"X": np.array([[5], [0]])}, "'X' points outside the 3 x 1 matrix"),
        (PAIRS, {"y": np.array([0.5, 1, 2])}, "'y' is of type float64, not"),
        (PAIRS, {"y": np.array([0, -1, 2])}, "labels from -1 to 2"),
        (PAIRS, {"y": np.array([0, 1, 10**9])}, "labels from 0 to 1000000000"),
        (PAIRS, {"X": np.array([[0], [10**6]])}, "1,000,001 features; at most 100,000"),
        (PAIRS, {"A": np.zeros((2, 0), int)}, "a graph without edges"),
        (PAIRS, {"X": np.zeros((2, 0), int)}, "has no features"),
        (PAIRS, {"y": np.zeros(0, int)}, "a graph without nodes"),
        (CSR, {"adj_shape": np.array([3, 4])}, "adjacency matrix is 3 x 4; it must be square"),
        (CSR, {"adj_shape": np.array([0, 0])}, "'adj_shape' is no shape"),
        (CSR, {"adj_shape": np.array([10**15, 10**15])}, "'adj_shape' is no shape"),
        (CSR, {"adj_indptr": np.array([0, 3, 1, 4])}, "'adj_' disagree"),
        (CSR, {"adj_indptr": np.array([0, 1, 4])}, "'adj_' disagree"),
        (CSR, {"adj_indices": np.array([1, 0, 2, 9])}, "'adj_indices' points outside"),
        (CSR, {"adj_data": np.array([1, np.nan, 1, 1])}, "edge weights that are not finite"),
        (CSR, {"attr_data": np.array([1, 0.37, 1])}, "features other than 0 and 1 (e.g. 0.37)"),
        (CSR, {"attr_data": np.array([1, np.nan, 1])}, "features other than 0 and 1 (e.g. nan)"),
        (CSR, {"labels": np.array([0, 1])}, "2 labels for 3 nodes"),
        (
            CSR,
            {"attr_shape": np.array([2, 4]), "attr_indptr": np.array([0, 2, 3])},
            "features for 2 nodes but edges for 3",
        ),
    ],
)
def test_bad_parts_are_refused_in_a_sentence(tmp_path: Path, layout, changes, words):
    said = refusal(tmp_path, layout, **changes)
    assert words in said and said.startswith("g.npz") and said.endswith(".")


def test_reading_a_graph_loads_neither_torch_nor_networkx(tmp_path: Path):
    np.savez(tmp_path / "g.npz", **PAIRS)
    code = (
        "import sys; from engine.inputs.node import load; "
        f"load({str(tmp_path / 'g.npz')!r} + ':1'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "networkx", "scipy"} & set(done.stdout.split())
