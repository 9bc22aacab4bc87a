"""What is built is what works: the wheel, alone, in an empty environment."""

import subprocess
import sys
import venv
import zipfile

import pytest

from tests.data import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "uv", "build", "--wheel", "--quiet", "--out-dir", str(target), str(ROOT)], check=True)
    [built] = target.glob("kundig-*.whl")
    return built


def test_the_wheel_holds_the_package_and_its_licence_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert sorted({name.split("/")[0].partition("-")[0] for name in names}) == ["kundig"]
    assert [name for name in names if name.endswith(("py.typed", "LICENSE"))] == ["kundig/py.typed", *[name for name in names if name.endswith("licenses/LICENSE")]]


def test_a_pip_install_in_an_empty_environment_gives_a_working_kundig(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env/bin/python"
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python), str(wheel)], check=True)
    (tmp_path / "kundig.yaml").write_text("company: {name: Nord, language: de}\nsources: {a: {read: {csv: a.csv}, events: {kind: order, subject: 'c:{who}', at: day}}}\n")
    (tmp_path / "a.csv").write_text("who,day\nada,2026-03-01\nben,2026-03-02\n")
    command = str(tmp_path / "env/bin/kundig")

    def run(*words):
        return subprocess.run([command, *words], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert run("import") == "a: 2 rows, 2 events added\n2 events added.\n"
    assert run("ask", "journeys.entries_exits", "--format", "csv").splitlines()[1].startswith(",entry,order,2,1.0,")
    # Translations and static files are in the wheel as well.
    assert "Über kundig" in run("serve", "--get", "/about/")
