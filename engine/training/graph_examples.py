"""Write the shipped karate club: ``python -m engine.training.graph_examples``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from engine.core.files import write_atomically


def karate_file() -> bytes:
    """NetworkX's copy of the karate club as node-link JSON, without the weights of its edges."""
    from networkx import karate_club_graph

    network = karate_club_graph()
    content: dict[str, Any] = {
        "directed": False,
        "multigraph": False,
        "graph": {
            "name": "Zachary's karate club",
            "source": (
                "W. W. Zachary, An information flow model for conflict and fission in small "
                "groups, Journal of Anthropological Research 33 (1977), as in NetworkX"
            ),
        },
        "nodes": [{"id": node, "club": facts["club"]} for node, facts in network.nodes(data=True)],
        "edges": [{"source": source, "target": target} for source, target in network.edges()],
    }
    return (json.dumps(content) + "\n").encode()


def main() -> None:
    """Write ``karate.json`` into the folder given by ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/examples"))
    path = parser.parse_args().out / "karate.json"
    write_atomically(path, karate_file())
    print(f"Wrote {path}.")


if __name__ == "__main__":
    main()
