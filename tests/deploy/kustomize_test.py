"""Holds the Kubernetes base to its policies, as written and as rendered.

    /usr/bin/python3 tests/deploy/kustomize_test.py
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BASE = os.path.join(ROOT, "deploy/k8s/base")
BINARIES = os.environ.get("HOUBU_TEST_BINARIES", os.path.join(ROOT, "build/dev"))
SERVICES = ("account", "slot", "waitlist", "payment", "notification")
# The example key of RFC 8037: a set of public keys that parses.
KEY_SET = {
    "keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
              "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
              "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwAaaPcHURo"}]
}  # fmt: skip


def read_documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def read_file(*parts):
    with open(os.path.join(BASE, *parts), encoding="utf-8") as file:
        return file.read()


class AsWritten(unittest.TestCase):
    """What can be said without kubectl."""

    def setUp(self):
        self.kustomization = yaml.safe_load(read_file("kustomization.yaml"))

    def test_every_listed_file_exists_and_parses(self):
        for name in self.kustomization["resources"]:
            with self.subTest(name):
                for document in read_documents(read_file(name)):
                    self.assertIn("kind", document)
        for patch in self.kustomization["patches"]:
            self.assertEqual(len(read_documents(read_file(patch["path"]))), 1)
        for entry in self.kustomization["configMapGenerator"]:
            for file in entry["files"]:
                with self.subTest(file):
                    self.assertIsInstance(json.loads(read_file(file.split("=")[-1])), dict)

    def test_no_file_lies_unused(self):
        used = {"kustomization.yaml", "README.md", *self.kustomization["resources"]}
        used |= {patch["path"] for patch in self.kustomization["patches"]}
        for entry in self.kustomization["configMapGenerator"]:
            used |= {file.split("=")[-1] for file in entry["files"]}
        found = {
            os.path.relpath(os.path.join(folder, name), BASE)
            for folder, _, names in os.walk(BASE) for name in names
        }  # fmt: skip
        self.assertEqual(found, used)

    def test_retries_cover_every_service_of_the_protos(self):
        wanted = set()
        for folder, _, names in os.walk(os.path.join(ROOT, "protos/houbu")):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    text = file.read()
                package = re.search(r"^package ([\w.]+);", text, re.MULTILINE)[1]
                if package != "houbu.development.v1":
                    found = re.findall(r"^service (\w+) ", text, re.MULTILINE)
                    wanted |= {f"{package}.{service}" for service in found}
        config = json.loads(read_file("config/service_config.json"))
        names = [entry["service"] for method in config["methodConfig"] for entry in method["name"]]
        self.assertEqual(sorted(names), sorted(wanted))

    def test_each_service_accepts_its_configuration(self):
        checked = 0
        for service in SERVICES:
            binary = os.path.join(BINARIES, f"houbu-{service}")
            if not os.path.exists(binary):
                print(f"skipped: {service}: no {binary}", file=sys.stderr)
                continue
            with self.subTest(service), tempfile.TemporaryDirectory() as folder:
                self.check_config(binary, service, folder)
                checked += 1
        if checked == 0:
            self.skipTest("no service is built")

    def check_config(self, binary, service, folder):
        text = read_file("config", service + ".json").replace("/etc/houbu", folder)
        write(folder, "config.json", text)
        write(folder, "service_config.json", read_file("config/service_config.json"))
        write(folder, "identity/jwks.json", json.dumps(KEY_SET))
        write(folder, "postgres/conninfo", "dbname=houbu\n")
        make_certificate(folder, service)
        for path in re.findall(rf'"{re.escape(folder)}/([^"]+)"', text):
            if not os.path.exists(os.path.join(folder, path)):
                write(folder, path, "5a" * 32 + "\n")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HOUBU_")}
        done = subprocess.run(
            [binary, "--config", os.path.join(folder, "config.json"), "--check-config"],
            capture_output=True, text=True, timeout=60, env=environment,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)


def write(folder, path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_certificate(folder, service):
    os.makedirs(os.path.join(folder, "tls"), exist_ok=True)
    certificate = os.path.join(folder, "tls/tls.crt")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "1", "-subj", f"/CN={service}", "-addext",
         f"subjectAltName=URI:spiffe://houbu/{service}", "-out", certificate,
         "-keyout", os.path.join(folder, "tls/tls.key")],
        check=True, capture_output=True,
    )  # fmt: skip
    shutil.copy(certificate, os.path.join(folder, "tls/ca.crt"))


@unittest.skipUnless(shutil.which("kubectl"), "skipped: kubectl is not installed")
class AsRendered(unittest.TestCase):
    """What the cluster would be told."""

    @classmethod
    def setUpClass(cls):
        done = subprocess.run(
            ["kubectl", "kustomize", BASE], capture_output=True, text=True, timeout=120
        )  # fmt: skip
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.documents = read_documents(done.stdout)

    def of_kind(self, kind):
        return {d["metadata"]["name"]: d for d in self.documents if d["kind"] == kind}

    def pods(self):
        for name, deployment in self.of_kind("Deployment").items():
            yield name, deployment["spec"]["template"]["spec"]

    def containers(self):
        for name, pod in self.pods():
            for container in pod["containers"] + pod.get("initContainers", []):
                yield name, container

    def test_every_service_is_there_whole(self):
        for kind in ("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"):
            self.assertEqual(set(self.of_kind(kind)), set(SERVICES), kind)
        for document in self.documents:
            if document["kind"] != "Namespace":
                self.assertEqual(document["metadata"]["namespace"], "houbu")

    def test_the_namespace_enforces_the_restricted_standard(self):
        labels = self.of_kind("Namespace")["houbu"]["metadata"]["labels"]
        self.assertEqual(labels["pod-security.kubernetes.io/enforce"], "restricted")

    def test_one_image_and_a_command_each(self):
        images = set()
        for name, container in self.containers():
            images.add(container["image"])
            self.assertEqual(container["command"][0], f"/usr/bin/houbu-{name}")
        self.assertEqual(len(images), 1)
        self.assertRegex(images.pop(), r"^houbu(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$")

    def test_pods_run_without_rights(self):
        for name, pod in self.pods():
            self.assertIs(pod["automountServiceAccountToken"], False)
            self.assertIs(pod["enableServiceLinks"], False)
            self.assertEqual(pod["serviceAccountName"], name)
            context = pod["securityContext"]
            self.assertIs(context["runAsNonRoot"], True)
            self.assertGreater(context["runAsUser"], 0)
            self.assertEqual(context["seccompProfile"], {"type": "RuntimeDefault"})
            for key in ("hostNetwork", "hostPID", "hostIPC"):
                self.assertNotIn(key, pod)
        for name, container in self.containers():
            context = container["securityContext"]
            self.assertIs(context["allowPrivilegeEscalation"], False)
            self.assertIs(context["readOnlyRootFilesystem"], True)
            self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
        for name, account in self.of_kind("ServiceAccount").items():
            self.assertIs(account["automountServiceAccountToken"], False, name)

    def test_containers_are_bounded(self):
        for _, container in self.containers():
            self.assertEqual(set(container["resources"]["requests"]), {"cpu", "memory"})
            self.assertIn("memory", container["resources"]["limits"])

    def test_probes_ask_the_admin_port(self):
        paths = {
            "startupProbe": "/startupz", "livenessProbe": "/livez", "readinessProbe": "/readyz",
        }  # fmt: skip
        for _, container in self.containers():
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            self.assertIn("admin", ports)
            self.assertIn("grpc", ports)
            for probe, path in paths.items():
                self.assertEqual(container[probe]["httpGet"], {"path": path, "port": "admin"})

    def test_roll_outs_and_ends_lose_no_call(self):
        for name, deployment in self.of_kind("Deployment").items():
            with self.subTest(name):
                strategy = deployment["spec"]["strategy"]
                self.assertEqual(strategy["rollingUpdate"]["maxUnavailable"], 0)
                self.assertGreaterEqual(deployment["spec"]["replicas"], 2)
        for name, pod in self.pods():
            command = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
            self.assertEqual(command[0], "/bin/sleep")
            grace = json.loads(self.config_of(name))["shutdown"]["grace"]
            needed = int(command[1]) + int(grace.removesuffix("s"))
            self.assertGreater(pod["terminationGracePeriodSeconds"], needed)
        for name, budget in self.of_kind("PodDisruptionBudget").items():
            self.assertEqual(budget["spec"]["minAvailable"], 1)
            self.assertEqual(
                budget["spec"]["selector"]["matchLabels"], {"app.kubernetes.io/name": name}
            )  # fmt: skip

    def config_of(self, service):
        pod = self.of_kind("Deployment")[service]["spec"]["template"]["spec"]
        for volume in pod["volumes"]:
            for source in volume.get("projected", {}).get("sources", []):
                name = source.get("configMap", {}).get("name", "")
                if name.startswith(service + "-config"):
                    return self.of_kind("ConfigMap")[name]["data"]["config.json"]
        raise AssertionError(f"{service} mounts no configuration")

    def test_secrets_are_files(self):
        for _, container in self.containers():
            self.assertNotIn("env", container)
            self.assertNotIn("envFrom", container)
            self.assertIn("/etc/houbu", [m["mountPath"] for m in container["volumeMounts"]])
        self.assertEqual(self.of_kind("Secret"), {})

    def test_every_file_a_configuration_names_is_mounted(self):
        for name, pod in self.pods():
            mounted = {"config.json", "service_config.json"}
            for volume in pod["volumes"]:
                for source in volume.get("projected", {}).get("sources", []):
                    for held in source.values():
                        mounted |= {item["path"] for item in held.get("items", [])}
            named = set(re.findall(r'"/etc/houbu/([^"]+)"', self.config_of(name)))
            self.assertEqual(mounted, named | {"config.json"}, name)

    def test_services_find_their_pods_and_peers(self):
        services = self.of_kind("Service")
        for name, service in services.items():
            self.assertEqual(service["spec"]["selector"], {"app.kubernetes.io/name": name})
            self.assertEqual(service["spec"]["clusterIP"], "None")
        for name in SERVICES:
            for peer, value in json.loads(self.config_of(name))["peers"].items():
                if isinstance(value, dict):
                    self.assertIn(peer, services)
                    self.assertEqual(value["address"], f"dns:///{peer}:7400")


if __name__ == "__main__":
    unittest.main(verbosity=2)
