# What folded the knee? For the scripting shell of OpenSim's GUI (Jython 2.7): paste it, or File > Run Script.
#
# Open the runner's model in the GUI first. The script lets the command line analyse a trial, exports the motion and the
# forces in OpenSim's formats, and loads the motion into the open model. Then plot the forces: Tools > Plot, Load File.
import os
import subprocess

SWINGLEVER = os.environ.get("SWINGLEVER", "swinglever")  # full path of the command, where the GUI does not find it


def run(*words):
    """Run the command line and give what it said; an error is shown as it is."""
    child = subprocess.Popen([SWINGLEVER] + list(words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = child.communicate()[0]
    if child.returncode != 0:
        raise RuntimeError(said)
    return said


def analyse(trial, model, *more):
    """Analyse a trial with a model, and give the files that OpenSim can open: the motion first."""
    result = os.path.splitext(trial)[0] + "_swinglever.h5"
    folder = os.path.splitext(trial)[0] + "_swinglever"
    run("analyse", trial, "--model", model, "--out", result, "--force", *more)
    run("export", result, "--format", "sto", "--out", folder, "--force")
    print(run("show", result))
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in sorted(names)]
    return sorted(files, key=lambda path: (not path.endswith(".mot"), path))


def main():
    """Ask for a trial, analyse it with the open model, and load the motion."""
    import org.opensim.utils as utils

    trial = utils.FileUtils.getInstance().browseForFilename(".trc", "Markers of the run")
    files = analyse(trial, getCurrentModel().getInputFileName())
    loadMotion(files[0])
    print("written: " + os.path.dirname(files[0]))


if "getCurrentModel" in globals():  # the GUI's shell offers it
    main()
