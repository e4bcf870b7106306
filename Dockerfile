# The image of the operator; it also holds the simulated district (python -m district_simulator).
#
#   docker build --tag roster-operator:0.1.0 .
#
# Behind a mirror, give pip its configuration as a secret; it does not stay in the image:
#   docker build --secret id=pip.conf,src=/etc/pip.conf --tag roster-operator:0.1.0 .
#
# The base is pinned by its tag, so that its security fixes arrive with a rebuild. Where builds must be
# repeatable, pin it by digest as well: --build-arg PYTHON=python:3.12-slim@sha256:...
ARG PYTHON=python:3.12-slim

FROM ${PYTHON} AS builder
WORKDIR /build
# Dependencies first: this layer changes with the locks only.
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv tools \
 && tools/bin/python -m pip install --require-hashes --no-deps --requirement requirements/build.txt
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv --without-pip /opt/roster-operator \
 && tools/bin/python -m pip --python /opt/roster-operator/bin/python install --no-compile --require-hashes --no-deps --only-binary :all: --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY operator/ operator/
RUN tools/bin/python -m pip wheel --no-deps --no-index --no-build-isolation --wheel-dir wheels . \
 && tools/bin/python -m pip --python /opt/roster-operator/bin/python install --no-compile --no-deps --no-index wheels/*.whl
# Half of what was installed are the Kubernetes client's classes for every kind, of which it loads none unless it is asked to.
# Of the customs of all languages, 34 MB, those of the console's are kept. Bytecode is kept of what is imported.
RUN find /opt/roster-operator/lib/ -path '*/kubernetes/*client/*' '(' -path '*/models/*' -o -path '*/api/*' ')' -name '*.py' ! -name __init__.py -delete \
 && find /opt/roster-operator/lib/ -path '*/babel/locale-data/*.dat' ! -name root.dat ! -name 'en.dat' ! -name 'en_US.dat' ! -name 'es.dat' ! -name 'es_419.dat' ! -name 'es_US.dat' -delete \
 && /opt/roster-operator/bin/python -c "import pkgutil, roster_operator as it; [__import__(found.name) for found in pkgutil.walk_packages(it.__path__, 'roster_operator.') if not found.name.endswith('migrations.env')]"

FROM ${PYTHON}
LABEL org.opencontainers.image.title="roster-operator" \
      org.opencontainers.image.description="Keeps every district's eBook licenses equal to its roster." \
      org.opencontainers.image.licenses="Apache-2.0"
# The same path in both stages: a virtual environment cannot be moved.
COPY --from=builder /opt/roster-operator /opt/roster-operator
# All threads share two of glibc's arenas: what one sync freed serves the next, whichever thread it runs in.
ENV PATH=/opt/roster-operator/bin:$PATH \
    MALLOC_ARENA_MAX=2 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes can check runAsNonRoot.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["roster-operator"]
CMD ["run"]
