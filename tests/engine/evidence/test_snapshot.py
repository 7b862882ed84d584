from engine.evidence.settings import CertifySettings
from engine.evidence.snapshot import Snapshot
from engine.procedures.certify import certify
from tests.fakes import HalfSpace, Misbehaving, fitted


def test_snapshots_of_a_run_carry_its_id_and_its_phases():
    snapshots = list(certify(Misbehaving("slow"), fitted(), CertifySettings(n0=20, n=200)))
    assert len({s.run_id for s in snapshots}) == 1
    phases = [s.phase for s in snapshots]
    assert phases == sorted(phases, reverse=True), "selection comes before estimation"
    assert snapshots[-1].n_done == 220 and snapshots[-1].eta == 0.0


def test_round_trip():
    last = list(certify(HalfSpace(0.3), fitted(), CertifySettings(n0=20, n=200)))[-1]
    assert Snapshot.model_validate_json(last.model_dump_json()) == last
