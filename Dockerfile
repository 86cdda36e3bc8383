# 一卡通网关 / the Yikatong gateway. Data and configuration live in the volume /data.
#
#   docker build -t yikatong .
#   docker run -p 7300:7300 -v yikatong:/data --device /dev/ttyUSB0 yikatong --config /data/yikatong.toml
#
# Without --config the sandbox starts; it listens on 127.0.0.1 only, so try it with --network host. A gateway in a
# container must listen on all addresses: set gateway.host = "0.0.0.0", and publish the port to those who may call.
FROM node:24-slim AS pages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY schemas schemas
COPY src src
RUN node src/libraries/build.ts && node src/pages/build.ts

FROM node:24-slim

# libusb and udev: what node-hid and serialport need to see readers.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libusb-1.0-0 udev \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY schemas schemas
COPY adapters adapters
COPY src src
COPY LICENSE README.md README.zh-CN.md ./
COPY --from=pages /app/build build
RUN node src/start.js --prepare

# dialout and plugdev own serial and USB devices.
RUN useradd --system --create-home --groups dialout,plugdev yikatong \
 && mkdir /data && chown yikatong /data
USER yikatong
ENV NODE_ENV=production
WORKDIR /data
VOLUME /data
EXPOSE 7300
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7300/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "/app/src/start.js"]
