import pytest
import torch

from engine.noise.selection import entity_count, spread, things, told, write

IMAGE, GRAPH = (3, 4, 5), (6, 7)


def test_pixels_and_nodes():
    assert (entity_count(IMAGE), things(IMAGE), told(IMAGE)) == (20, "pixels", (4, 4, 5))
    assert (entity_count(GRAPH), things(GRAPH), told(GRAPH)) == (6, "nodes", (6, 8))


@pytest.mark.parametrize("shape", [IMAGE, GRAPH])
@pytest.mark.parametrize("with_indicator", [False, True])
def test_what_is_selected_is_replaced_and_told(shape, with_indicator):
    x = torch.rand(shape)
    selected = torch.rand(8, entity_count(shape)) < 0.5
    noised = torch.rand(8, *shape)
    out = torch.full((8, *(told(shape) if with_indicator else shape)), float("nan"))
    write(out, x, noised, selected, shape)
    mask = spread(selected, shape).expand(8, *shape)
    values = out[:, : shape[0]] if len(shape) == 3 else out[..., : shape[-1]]
    assert torch.equal(values[mask], noised[mask])
    assert torch.equal(values[~mask], x.expand(8, *shape)[~mask])
    if with_indicator:
        last = out[:, -1] if len(shape) == 3 else out[..., -1]
        assert torch.equal(last.flatten(1), selected.float())
