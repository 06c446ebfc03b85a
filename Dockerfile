# The image of a release. goreleaser builds it from a folder that holds the program of each platform, not from this repository:
#
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" ghcr.io/groundplan/groundplan generate --check
#
# It holds groundplan and nothing else: what runs terraform needs an image that has it.
FROM --platform=$BUILDPLATFORM alpine:3.22 AS system
RUN apk add --no-cache ca-certificates && mkdir -p /system/etc/ssl/certs && mkdir -m 1777 /system/tmp && \
    cp /etc/ssl/certs/ca-certificates.crt /system/etc/ssl/certs/

FROM scratch
ARG TARGETPLATFORM
# Certificates for calls of AWS, and the folder in which two runs over one folder wait for each other.
COPY --from=system /system/ /
COPY $TARGETPLATFORM/groundplan /usr/bin/groundplan
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/bin/groundplan"]
