#!/usr/bin/env bash
# Run once by Gradescope, as root, when the image of this assignment is made.
set -euo pipefail
cd "${AUTOGRADER:-/autograder}"
chmod 700 source
if command -v apt-get >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends python3-venv bubblewrap util-linux >/dev/null
fi
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check -r source/requirements.txt
# Students' code needs the package alone; what grades stays in source, which only root can enter.
cp -r source/src/unstable_gradients "$(venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
venv/bin/python -m compileall -q venv >/dev/null || true
chmod -R a+rX venv
