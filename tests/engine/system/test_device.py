import pytest
import torch

from engine.core.errors import UserError
from engine.system.device import available, device_name, processor_name, resolve


def test_cpu_is_always_there_and_auto_takes_the_first():
    assert available()[-1] == "cpu"
    assert str(resolve("auto")) == available()[0]
    assert device_name(resolve("cpu")) == processor_name() != ""


def test_an_absent_device_is_one_sentence():
    with pytest.raises(UserError) as caught:
        resolve("cuda:9")
    assert str(caught.value).startswith("Device 'cuda:9' is not available here; there is: ")


def test_fp32_is_float32_whatever_a_program_allowed_before():
    """TF32 is what torch takes for convolutions on a GPU by itself."""
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.allow_tf32 = True
    resolve("cpu")
    assert torch.get_float32_matmul_precision() == "highest"
    assert not torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32
