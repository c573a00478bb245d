# The relay command, for relays, skeletons and clients: docker build -t relay . && docker run relay --help
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /source
# Maven's repository stays between builds; what is tested is tested before.
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -Dfast -Dmaven.test.skip -Dspotless.check.skip -Dcheckstyle.skip -pl relay-launcher -am package \
 && mkdir -p /app/own/lib /app/others/lib \
 && cp relay-launcher/target/relay-launcher.jar /app/own/ \
 && cp -p relay-launcher/target/lib/* /app/others/lib/ \
 && mv /app/others/lib/relay-* /app/others/lib/*-verticle-* /app/own/lib/

FROM eclipse-temurin:25-jre
RUN groupadd --gid 10001 relay && useradd --uid 10001 --gid relay --home-dir /var/lib/relay --create-home relay
# Three layers, the one that changes least first: other projects' jars, the relay's own, and what the JVM has learnt from both.
COPY --from=build /app/others /opt/relay/app
COPY --from=build /app/own /opt/relay/app
COPY relay image/train /opt/relay/
RUN ln -s /opt/relay/relay /usr/local/bin/relay && /opt/relay/train && rm /opt/relay/train
USER 10001:10001
WORKDIR /var/lib/relay
# `relay` ends in exec: signals reach the JVM, which drains on SIGTERM, and it starts no other process: no init is needed.
# There is no HEALTHCHECK: a relay has /live and /ready where its config opens an admin port, a skeleton and a client have none.
ENTRYPOINT ["relay"]
CMD ["--help"]
