from engine.core.resources import assets


def test_the_assets_are_there():
    assert (assets() / "models").is_dir()
