# syntax=docker/dockerfile:1
# Two stages: the first installs into a virtual environment, the second holds that and nothing else.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/onrecord
WORKDIR /src
# PyTorch's CPU wheel comes first and alone: it is the largest layer and changes least, and PyPI's would bring CUDA along.
RUN /opt/onrecord/bin/pip install --index-url https://download.pytorch.org/whl/cpu "torch==2.13.*"
COPY pyproject.toml README.md LICENSE ./
COPY data ./data
COPY embeddings ./embeddings
COPY bot ./bot
RUN /opt/onrecord/bin/pip install .

FROM python:3.11-slim-bookworm
# hadolint ignore=DL3008
# (Debian drops old versions from its mirrors: a pinned one would break the build within weeks.)
# libgomp1 is what faiss and torch link against for threads; tini reaps and passes SIGTERM on, so that the bot stops in order.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 onrecord \
 && install --directory --owner=onrecord --group=onrecord /home/onrecord/archive
COPY --from=build /opt/onrecord /opt/onrecord
ENV PATH=/opt/onrecord/bin:$PATH \
    ONRECORD_HOME=/home/onrecord/archive \
    HF_HUB_OFFLINE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /home/onrecord
VOLUME ["/home/onrecord/archive"]
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s CMD ["onrecord", "status", "--json"]
ENTRYPOINT ["tini", "--", "onrecord"]
CMD ["bot"]
