# syntax=docker/dockerfile:1
# Not built by the authors yet: see docs/deployment.md. Pin the base image by digest in your own pipeline.

FROM python:3.11.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/therapport
COPY requirements.lock ./
# Every package by its hash. The lock also holds what tests need; the image is larger for it, and the lock is one.
RUN /opt/therapport/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY training ./training
COPY serving ./serving
RUN /opt/therapport/bin/pip install --no-deps --no-build-isolation .

FROM python:3.11.13-slim-bookworm
RUN groupadd --system --gid 10001 therapport \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin therapport \
 && install --directory --owner=10001 --group=10001 --mode=0700 /state /var/cache/therapport
COPY --from=build /opt/therapport /opt/therapport
ENV PATH=/opt/therapport/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 NUMBA_CACHE_DIR=/var/cache/therapport
USER 10001:10001
WORKDIR /state
VOLUME ["/state"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["therapport"]
CMD ["serve", "/model", "--host", "0.0.0.0", "--port", "8000", "--state", "/state"]
