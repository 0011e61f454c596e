# The command and the server with all they can use: `docker build -t sluice .`, `docker run -p 4444:4444 -e SLUICE_TOKEN=… sluice`.
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY app/package.json app/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/package.json .
USER node
EXPOSE 4444
# A token or keys are needed: other machines reach it.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve", "--host", "0.0.0.0"]
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:4444/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
