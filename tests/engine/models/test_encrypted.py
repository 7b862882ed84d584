from __future__ import annotations

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

import certiscope as cs
from engine.core.downloads import only
from engine.core.errors import Unreachable, UserError
from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, ExactSettings, Execution, PredictSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.base import NO_CLASS
from engine.models.denoised import DenoisedClassifier
from engine.models.ensemble import Ensemble
from engine.procedures.certify import certify
from engine.procedures.predict import predict
from engine.procedures.run import Run
from engine.procedures.together import pack_for
from engine.schemes import Gaussian
from engine.schemes.dssn_l1 import DssnL1
from tests.encrypted import image_file, misbehaving, samples, serving, small
from tests.fakes import HalfSpace

HERE = Execution(device="cpu")


@pytest.fixture(scope="module")
def served():
    with serving(small()) as address:
        classifier = load_model(ModelRequest(address.spec))
        yield classifier
        classifier.unload()


@pytest.fixture(scope="module")
def image(tmp_path_factory, served):
    path = tmp_path_factory.mktemp("inputs") / "x.png"
    return fitted(served, load_input(str(image_file(path))))


def batch(rows, seed=1):
    return torch.from_numpy(samples(rows, seed).reshape(rows, 1, 2, 2)).float()


def test_classes_are_those_of_the_clear_scores_or_in_doubt(served):
    x = batch(4096)
    x[7] *= 10
    found = served.classify(x).numpy()
    clear = small().scores(x.flatten(1).double().numpy()).argmax(1)
    sure = found != NO_CLASS
    assert (found[sure] == clear[sure]).all() and sure.mean() > 0.95 and found[7] == NO_CLASS
    record = served.decrypted()
    assert record.samples == 4096 and record.outside >= 1
    assert record.subtracted == int((~sure).sum())


def test_a_run_counts_what_is_in_doubt_against_every_class(served, image):
    settings = CertifySettings(scheme=Gaussian(sigma=0.1), n0=20, n=300, seed=3)
    found = result_of(certify(served, image, settings, execution=HERE))
    record = found.encrypted
    assert record.samples == 300 and record.subtracted == found.votes.estimation_failures
    assert found.model.source.startswith("encrypted:127.0.0.1:") and found.model.notes
    assert found.function_check.answers >= 10 and found.performance.batch == 300
    run = Run(served, image, settings, HERE)
    again = list(run.sampler.rows(run_stream(), 0, 300, block=300))[-1][0]
    assert sum(again) == 300


def run_stream():
    from engine.noise.gaussian import Stream

    return Stream.ESTIMATION


def test_every_run_tells_its_own_bytes(served, image):
    settings = CertifySettings(scheme=Gaussian(sigma=0.1), n0=20, n=300, seed=3)
    first, second = (
        result_of(certify(served, image, settings, execution=HERE)).encrypted for _ in range(2)
    )
    each = served.client.terms.estimate(300)
    assert 0.9 * each.sent < first.sent < each.sent  # some of a ciphertext can be packed
    assert abs(first.sent - second.sent) < 0.01 * each.sent


def test_every_input_of_a_set_tells_what_was_in_doubt(served, image):
    """Samples of several inputs in one ciphertext would have one record together."""
    settings = CertifySettings(n0=20, n=300)
    assert pack_for(served, settings, HERE, threading.Event(), 5) is None
    assert pack_for(HalfSpace(0.3), settings, HERE, threading.Event(), 5) is not None


def test_a_served_model_is_no_member_of_an_ensemble_and_takes_no_denoiser(served):
    """Their votes would be counted without what is in doubt among its own."""
    with pytest.raises(UserError, match="is computed by a server under encryption: .* by itself"):
        Ensemble([served, served])
    with pytest.raises(UserError, match="under encryption, .* leave --denoiser out"):
        DenoisedClassifier(served, SimpleNamespace(facts=None))


@pytest.mark.parametrize(
    "bound",
    ["two-class", "anytime-two-class", "two-class-uneven", "multi-class", "anytime-multi-class"],
)
def test_bounds_on_other_classes_are_refused(served, image, bound):
    settings = CertifySettings(n0=10, n=100, bound=bound)
    with pytest.raises(UserError, match="rests on the votes of other classes too"):
        result_of(certify(served, image, settings, execution=HERE))


def test_the_test_of_two_classes_is_refused(served, image):
    settings = PredictSettings(n=100, test="two-sided")
    with pytest.raises(UserError, match="choose --test one-sided"):
        result_of(predict(served, image, settings, execution=HERE))


def test_schemes_that_count_every_class_exactly_are_refused(served, image):
    settings = ExactSettings(scheme=DssnL1(lam=0.1))
    with pytest.raises(
        UserError, match="The bound enumeration rests on the votes of other classes"
    ):
        result_of(certify(served, image, settings, execution=HERE))


def test_what_the_server_decides_is_no_flag(served):
    request = ModelRequest(served.client.address.spec)
    with pytest.raises(UserError, match="--normalize is up to the server"):
        load_model(replace(request, normalize="half"))
    with pytest.raises(UserError, match="--arch is up to the server"):
        load_model(replace(request, arch="square_net"))


def test_other_precisions_and_too_little_memory_are_sentences(served, monkeypatch):
    with pytest.raises(UserError, match="Precision bf16 does not work for encrypted inference"):
        served.prepare(torch.device("cpu"), "bf16")
    monkeypatch.setattr("engine.models.encrypted.available", lambda: 1 << 20)
    with pytest.raises(UserError, match=r"takes about 0\.1 GiB more memory, and 0\.0 GiB are free"):
        served.prepare(torch.device("cpu"), "fp32")


def test_without_tenseal_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("engine.encrypted.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'certiscope\[encrypted\]'"):
        load_model(ModelRequest("encrypted:127.0.0.1:1"))


def test_a_server_that_goes_away_ends_the_run(image):
    with serving(small()) as address:
        classifier = load_model(ModelRequest(address.spec))
        classifier.classify(batch(4))
        classifier.client.close()
    classifier.client.address = replace(address, port=1)
    with pytest.raises(Unreachable, match="cannot be reached"):
        result_of(certify(classifier, image, CertifySettings(n0=10, n=100), execution=HERE))


def test_a_server_that_a_file_alone_names_is_not_asked(served):
    spec = served.identity.source
    with only(), pytest.raises(UserError, match="a file's word is not enough to send it anything"):
        load_model(ModelRequest(spec))
    with only(spec):
        load_model(ModelRequest(spec)).unload()


def test_what_is_announced_is_made_fit_for_sentences():
    with serving(small()) as address:
        announced = load_model(ModelRequest(address.spec)).client.announced
    from engine.models.encrypted import _identity

    odd = announced.model.model_copy(update={"name": "a\n" * 200})
    assert "\n" not in _identity(odd, "s").name and len(_identity(odd, "s").name) <= 80
    for changes in ({"kind": "text"}, {"sha256": "x"}, {"encoding": "indicator"}):
        with pytest.raises(UserError, match="no classifier of plain images"):
            _identity(announced.model.model_copy(update=changes), "s")


def test_nothing_is_unpickled():
    """A pickle in place of every message raises a sentence and runs nothing."""
    payload = b"cos\nsystem\n(S'exit 3'\ntR."
    with misbehaving(lambda c: c.sendall(payload)) as address, pytest.raises(UserError):
        load_model(ModelRequest(address.spec))


@pytest.mark.statistics
def test_the_corrected_count_is_never_above_the_clear_one_in_200_runs():
    model = small(5, 4, seed=9)
    agreed = total = 0
    with serving(model) as address:
        classifier = load_model(ModelRequest(address.spec))
        for run in range(200):
            x = batch(1024, seed=run)
            found = classifier.classify(x).numpy()
            clear = model.scores(x.flatten(1).double().numpy()).argmax(1)
            scores = classifier.client.answers(x.flatten(1).double().numpy())
            agreed += int((scores.argmax(1) == clear).sum())
            total += len(clear)
            for each in range(4):
                assert (found == each).sum() <= (clear == each).sum()
    assert agreed >= 0.99 * total


_LARGE = """
import resource, sys, time
from engine.cli import main
began = time.process_time()
status = main(sys.argv[1:])
memory = sum(resource.getrusage(who).ru_maxrss for who in (0, -1)) << 10
print(status, time.process_time() - began, memory)
"""


@pytest.mark.statistics
def test_16384_votes_of_a_digit_take_less_than_a_minute_and_4_gib(tmp_path):
    """Both processes on one machine; by the time of the processors, of which there are two."""
    served = ["serve-encrypted", "--model", "demo:digits-encrypted", "--port", "0"]
    command = [sys.executable, "-c", _LARGE]
    server = subprocess.Popen([*command, *served], stdout=subprocess.PIPE, text=True)
    try:
        first = server.stdout.readline()
        port = first.split("127.0.0.1:")[1].split(".")[0]
        words = f"--input digits:52 --sigma 0.25 --n 16384 --seed 7 --json {tmp_path / 'e.json'}"
        asked = ["certify", "--encrypted", f"127.0.0.1:{port}", *words.split()]
        done = subprocess.run([*command, *asked], capture_output=True, text=True, check=True)
        here = done.stdout.splitlines()[-1].split()
    finally:
        server.send_signal(signal.SIGINT)
        there = server.communicate(timeout=30)[0].splitlines()[-1].split()
    assert here[0] == "0"
    assert float(here[1]) + float(there[1]) < 2 * 60
    assert int(here[2]) + int(there[2]) < 4 << 30
    clear = cs.smooth("demo:digits-encrypted", cs.Gaussian(sigma=0.25), device="cpu")
    found = clear.certify("digits:52", n=16384, seed=7).result().evidence
    from engine.evidence.evidence import Evidence

    encrypted = Evidence.model_validate_json((tmp_path / "e.json").read_text())
    assert encrypted.encrypted.subtracted < 0.01 * 16384
    pairs = zip(encrypted.estimation.counts, found.estimation.counts, strict=True)
    assert all(corrected <= count for corrected, count in pairs)
