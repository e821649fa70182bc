# shellcheck shell=bash
# For other scripts to source: container engines for the tests, and the image their programs run in.
#   start_engines   sets REKINDLE_TEST_DOCKER and REKINDLE_TEST_PODMAN to the engines' addresses
#   stop_engines    ends what was started and removes it
# Each engine lives in a temporary folder and in a network of its own, so that it touches neither the machine's network nor another engine.
# A Docker daemon that already answers is used as it is.

engines_folder=""
engines_pids=""

# answers SOCKET: whether an engine listens there.
answers() {
    curl --silent --max-time 5 --unix-socket "$1" http://engine/version > /dev/null
}

# await_engine SOCKET PID LOG: returns when the engine answers.
await_engine() {
    for _ in $(seq 300); do
        answers "$1" && return 0
        kill -0 "$2" 2> /dev/null || break
        sleep 0.1
    done
    echo "engines: no engine at $1:" >&2
    tail -n 20 "$3" >&2
    return 1
}

# The image: a static busybox, whose "train" is the shell program in a variable.
make_image() {
    local root=$engines_folder/image applet
    mkdir -p "$root/bin" "$root/tmp" "$root/etc"
    cp "$(command -v busybox)" "$root/bin/busybox"
    for applet in $("$root/bin/busybox" --list); do
        [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
    done
    cat > "$root/bin/entry" << 'ENTRY'
#!/bin/sh
M=${REKINDLE_OPT_ML:-/opt/ml}
eval "${REKINDLE_TEST_SCRIPT:-exec "$@"}"
ENTRY
    # The same training program as a file, for training jobs that bring no script along.
    cat > "$root/bin/train" << 'TRAIN'
#!/bin/sh
x=$(sed -n 's/.*"x": *"\([^"]*\)".*/\1/p' /opt/ml/input/config/hyperparameters.json)
echo "start $(cat /opt/ml/input/data/train/part-1)"
sleep "${SECONDS_TO_TRAIN:-0}"
echo "score=$x"
echo "$x" > /opt/ml/model/x
TRAIN
    chmod 755 "$root/bin/entry" "$root/bin/train"
    chmod 1777 "$root/tmp"
    tar --create --directory "$root" --numeric-owner --owner=0 --group=0 . > "$engines_folder/image.tar"
}

# load_image SOCKET: gives the image to Docker's daemon, under a name that no registry has.
load_image() {
    curl --silent --fail --max-time 60 --unix-socket "$1" --request POST --header "Content-Type: application/x-tar" \
        --data-binary "@$engines_folder/image.tar" \
        "http://engine/images/create?fromSrc=-&repo=rekindle-test&tag=1&changes=ENV%20PATH%3D%2Fbin&changes=ENTRYPOINT%20%5B%22%2Fbin%2Fsh%22%2C%22%2Fbin%2Fentry%22%5D" \
        > /dev/null
}

start_docker() {
    local socket=/var/run/docker.sock folder=$engines_folder/docker
    if ! answers "$socket"; then
        mkdir -p "$folder"
        socket=$folder/docker.sock
        # Own session, no descriptors of ours: it must hold neither a lock nor a pipe of whoever runs the tests.
        setsid unshare --net sh -c 'ip link set lo up 2> /dev/null; exec "$@"' sh \
            dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" --host "unix://$socket" \
            > "$folder/log" 2>&1 < /dev/null 3>&- 9>&- &
        engines_pids="$engines_pids $!"
        await_engine "$socket" "$!" "$folder/log" || return 1
    fi
    export REKINDLE_TEST_DOCKER=unix://$socket
    load_image "$socket"
}

start_podman() {
    local folder=$engines_folder/podman
    mkdir -p "$folder"
    cat > "$folder/storage.conf" << CONF
[storage]
driver = "overlay"
graphroot = "$folder/graph"
runroot = "$folder/run"
CONF
    # Limits no higher than a machine without CAP_SYS_RESOURCE allows; runc, since crun refuses mixed control groups.
    cat > "$folder/containers.conf" << CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
init_path = "$(command -v tini-static || command -v catatonit)"
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
CONF
    # In its folder: what it starts leaves a file named oom in the current one.
    (
        cd "$folder" || exit
        export CONTAINERS_STORAGE_CONF=$folder/storage.conf CONTAINERS_CONF=$folder/containers.conf
        exec setsid unshare --net podman system service --time=0 "unix://$folder/podman.sock" > log 2>&1 < /dev/null 3>&- 9>&-
    ) &
    engines_pids="$engines_pids $!"
    await_engine "$folder/podman.sock" "$!" "$folder/log" || return 1
    export REKINDLE_TEST_PODMAN=unix://$folder/podman.sock
    CONTAINERS_STORAGE_CONF=$folder/storage.conf CONTAINERS_CONF=$folder/containers.conf \
        podman import --quiet --change 'ENV PATH=/bin' --change 'ENTRYPOINT ["/bin/sh","/bin/entry"]' "$engines_folder/image.tar" rekindle-test:1 > /dev/null
}

start_engines() {
    engines_folder=$(mktemp -d "${TMPDIR:-/tmp}/rekindle-engines-XXXXXX")
    make_image && start_docker && start_podman
}

stop_engines() {
    [ -n "$engines_folder" ] || return 0
    local pid mounted
    for pid in $engines_pids; do
        kill "$pid" 2> /dev/null
    done
    for pid in $engines_pids; do
        wait "$pid" 2> /dev/null
    done
    # What they mounted goes before what is mounted on.
    for mounted in $(awk -v folder="$engines_folder" 'index($5, folder) == 1 { print $5 }' /proc/self/mountinfo | sort --reverse); do
        umount "$mounted" 2> /dev/null
    done
    rm -rf --one-file-system "$engines_folder"
    engines_folder="" engines_pids=""
}
