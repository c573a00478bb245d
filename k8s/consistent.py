"""Whether rendered manifests agree with each other and with the relay's config in them: consistent.py FILE. Prints what does not."""

import os
import re
import sys

import yaml

PRIVATE = {"peers", "event-bus", "hazelcast", "admin"}
CLUSTER = PRIVATE - {"admin"}
problems = []


def check(right, problem):
    if not right:
        problems.append(problem)


def only(kind, name=""):
    found = [d for d in documents if d["kind"] == kind and d["metadata"]["name"].startswith(name)]
    if len(found) != 1:
        sys.exit(f"expected one {kind} {name}, found {len(found)}")
    return found[0]


def below(path, mount):
    return os.path.dirname(path) == mount


with open(sys.argv[1]) as file:
    documents = [d for d in yaml.safe_load_all(file) if d]

stateful_set = only("StatefulSet")
pod = stateful_set["spec"]["template"]["spec"]
container = pod["containers"][0]
config_map = only("ConfigMap", "relay-config")
mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
environment = {e["name"] for e in container["env"]}

# The config.
config_file = container["args"][-1]
check(container["args"][0] == "run" and below(config_file, mounts["config"]), f"args: {config_file} is not in {mounts['config']}")
text = config_map["data"].get(os.path.basename(config_file), "")
check(text, f"the ConfigMap has no {os.path.basename(config_file)}")
for variable in re.findall(r"\$\{(\w+)}", text):
    check(variable in environment, f"the config needs {variable}, which the container's env does not have")
relay = yaml.safe_load(text)["verticles"][0]["config"]
cluster = relay["cluster"]
ports = {
    "clients": relay["clients"]["port"],
    "skeletons": relay["skeletons"]["port"],
    "http": relay["http"]["port"],
    "peers": relay["peers"]["port"],
    "event-bus": cluster["busPort"],
    "hazelcast": cluster["port"],
    "admin": relay["admin"]["port"],
}
declared = {p["name"]: p["containerPort"] for p in container["ports"]}
check(declared == ports, f"containerPorts are {declared}, in the config they are {ports}")

# The secret.
check(relay["directory"] == mounts["secret"], f"directory is {relay['directory']}, the secret is in {mounts['secret']}")
secret = next(v["secret"] for v in pod["volumes"] if v["name"] == "secret")
check(secret["defaultMode"] == 0o440 and "fsGroup" in pod["securityContext"], "the secret is not readable through the group alone")
files = set(only("Secret", secret["secretName"])["data"])
check(files == {"relay.key", "relay.pem", "cluster.key", "users"}, f"the secret's files are {files}")

# Probes and drain.
for name, path in {"startupProbe": "/live", "livenessProbe": "/live", "readinessProbe": "/ready"}.items():
    asked = container[name]["httpGet"]
    check(asked == {"path": path, "port": "admin"}, f"{name} asks {asked}")
socket = relay["admin"]["socket"]
drain = container["lifecycle"]["preStop"]["exec"]["command"]
check(drain == ["relay", "drain", "--socket", socket], f"preStop is {drain}, the admin socket {socket}")
check(below(socket, mounts["run"]), f"{socket} is not in {mounts['run']}, which can be written")

# Discovery.
nodes = only("Service", stateful_set["spec"]["serviceName"])
check(nodes["spec"]["clusterIP"] == "None" and nodes["spec"]["publishNotReadyAddresses"], "the service of the nodes hides some")
check(cluster["dns"] == f"{nodes['metadata']['name']}:{cluster['port']}", f"nobody is found by {cluster['dns']}")

# Who reaches what.
for service in (d for d in documents if d["kind"] == "Service" and d is not nodes):
    for port in service["spec"]["ports"]:
        check(port["targetPort"] in ports and port["targetPort"] not in PRIVATE, f"Service port {port}")
        check(port["port"] == ports.get(port["targetPort"]), f"Service port {port}: tickets and logins tell {ports}")
labels = stateful_set["spec"]["template"]["metadata"]["labels"]
for policy in (d["spec"] for d in documents if d["kind"] == "NetworkPolicy"):
    check(set(policy["policyTypes"]) == {"Ingress", "Egress"}, "the NetworkPolicy is not for both directions")
    check(policy["podSelector"]["matchLabels"].items() <= labels.items(), "the NetworkPolicy selects no relay")
    for rule in policy["ingress"] + policy["egress"]:
        named = {p["port"] for p in rule["ports"]} - {53}
        check(named <= set(ports), f"NetworkPolicy: unknown ports {named - set(ports)}")
        peers = rule.get("from", rule.get("to"))
        check(peers or not named & PRIVATE, f"NetworkPolicy: {named & PRIVATE} are open to all")
        for peer in peers or []:
            check(peer.get("podSelector", {}).get("matchLabels") == policy["podSelector"]["matchLabels"], f"NetworkPolicy: {peer}")
    for direction in ("ingress", "egress"):
        among = {p["port"] for rule in policy[direction] for p in rule["ports"]}
        check(CLUSTER <= among, f"NetworkPolicy: nodes do not reach each other: {direction} {among}")

print("\n".join(problems), end="\n" if problems else "")
sys.exit(1 if problems else 0)
