# Everything that one does with the book. Each target makes the environment that it needs, in .venv.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --quiet --disable-pip-version-check
NEEDS := requirements.txt constraints.txt pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help book notebooks homework grade doctor serve lab test lint mutants links tables picture lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: $(VENV)/.book ## execute the lessons that changed and make the website, in _build/html
	@echo "Making the website"
	@$(RUN) -m book_tools build

notebooks: $(VENV)/.book ## make the notebooks of the lessons, in notebooks/
	@echo "Making the notebooks"
	@$(RUN) -m book_tools notebooks

homework: $(VENV)/.book ## make the notebooks of the assignments, and their solutions in dist/
	@echo "Making the assignments"
	@$(RUN) -m book_tools homework

grade: $(VENV)/.book ## grade notebooks: make grade SUBMISSIONS=folder KEY=course.key OUT=graded [COURSE= ASSIGNMENT= ROSTER=]
	@echo "Grading $(SUBMISSIONS)"
	@$(RUN) -m book_tools grade "$(SUBMISSIONS)" --key "$(KEY)" --out "$(OUT)" $(if $(COURSE),--course "$(COURSE)") \
	  $(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)") $(if $(ROSTER),--roster "$(ROSTER)")

doctor: ## say what is installed here, and what is missing to run a notebook
	@if [ -x $(RUN) ]; then $(RUN) -m book_tools doctor; else PYTHONPATH=src $(PYTHON) -m book_tools doctor; fi

serve: $(VENV)/.book ## show the website on this computer
	@$(RUN) -m book_tools serve

lab: $(VENV)/.book ## open the notebooks in JupyterLab
	@echo "Opening JupyterLab in notebooks/ (Ctrl-C stops)"
	@$(VENV)/bin/jupyter lab notebooks

test: $(VENV)/.test book ## make the website, then run every test
	@echo "Running all tests"
	@$(RUN) -m pytest --cov

lint: $(VENV)/.test ## check style, format and spelling
	@echo "Checking style, format and spelling"
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(VENV)/bin/codespell

mutants: $(VENV)/.test ## break the code in many places and see that the tests notice
	@echo "Breaking the code, one place at a time"
	@$(RUN) tests/mutation.py

links: $(VENV)/.book ## follow the links to other sites
	@echo "Following the links to other sites"
	@$(VENV)/bin/jupyter-book build . --builder linkcheck --path-output _build/links

tables: $(VENV)/.test ## compute the tables that are too heavy for a lesson
	@echo "Computing the tables in book/_tables"
	@$(RUN) benchmarks/jax_agreement.py
	@$(RUN) benchmarks/digits_training.py
	@$(RUN) benchmarks/signal_propagation.py
	@$(RUN) benchmarks/grading.py
	@$(RUN) benchmarks/first_nan.py

picture: $(VENV)/.book ## draw the picture of the README
	@echo "Drawing the picture of the README"
	@$(RUN) -m book_tools picture

lock: $(VENV)/.book ## choose the exact versions anew, in constraints.txt
	@echo "Choosing the exact versions"
	@$(PIP) -c constraints.txt -e '.[lock]'
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-annotate \
	  --custom-compile-command "make lock" pyproject.toml -o constraints.txt

clean: ## delete what was built (not the environment)
	@echo "Deleting _build"
	@rm -rf _build

$(VENV)/.book: $(NEEDS)
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or say where it is: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(PYTHON) is version %d.%d. The book needs Python 3.11 or newer; say where it is: make PYTHON=/path/to/python" % sys.version_info[:2])'
	@echo "Installing what the book needs, into $(VENV) (takes minutes the first time)"
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.test: $(VENV)/.book
	@echo "Installing what the tests need, into $(VENV)"
	@$(PIP) -c constraints.txt -e '.[test]'
	@touch $@
