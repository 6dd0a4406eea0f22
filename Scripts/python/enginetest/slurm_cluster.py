"""Slurm on this machine as on two: each node is a network and a host name of its own, joined by a cable of two ends."""

import os
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

NODES = ["node1", "node2"]
# Fewer jobs an array than there are parts, so that several blocks are needed.
CONFIGURATION = """ClusterName=sixdof
SlurmctldHost=node1(10.77.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%h
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%h.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%h.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=1
ReturnToService=2
MaxArraySize=4
SlurmdTimeout=60
KillWait=5
NodeName=node1 NodeAddr=10.77.0.1 CPUs={cpus}
NodeName=node2 NodeAddr=10.77.0.2 CPUs={cpus}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class ClusterTrouble(Exception):
    """A cluster that does not come up; the text says why."""


class SlurmCluster:
    def __init__(self, folder: Path, stack: ExitStack):
        self.folder, self.stack = folder, stack
        folder.mkdir()
        (folder / "state").mkdir()
        self.configuration = folder / "slurm.conf"
        self.configuration.write_text(CONFIGURATION.format(folder=folder, cpus=max(1, os.cpu_count() or 1)))
        (folder / "cgroup.conf").write_text("ConstrainCores=no\nConstrainRAMSpace=no\n")
        self.environment = {"SLURM_CONF": str(self.configuration)}
        self.hosts = [self.started(["unshare", "--net", "--uts", "sleep", "infinity"], name) for name in NODES]
        self.join()
        self.start_munge()
        controller = shutil.which("slurmctld")
        daemon = shutil.which("slurmd")
        self.started([*self.inside(0), controller, "-D", "-f", self.configuration], "slurmctld")
        for i, name in enumerate(NODES):
            self.started([*self.inside(i), daemon, "-D", "-f", self.configuration], f"slurmd-{name}")
        self.wait_until_idle()
        stack.callback(self.run, [*self.inside(0), "scancel", "--user=root"])

    def inside(self, node: int) -> list:
        """Words before a command that has it run on a node."""
        # 'ip netns exec' would hide /sys/fs/cgroup, which slurmd needs.
        return ["nsenter", "--net", "--uts", f"--target={self.hosts[node].pid}"]

    def started(self, words: list, name: str) -> subprocess.Popen:
        with (self.folder / f"{name}.out").open("wb") as said:
            process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=said,
                                       stderr=said, env=os.environ | self.environment)
        self.stack.callback(end, process)
        return process

    def run(self, words: list, is_needed: bool = False) -> str:
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                              env=os.environ | self.environment)
        if is_needed and done.returncode:
            raise ClusterTrouble(f"{words}: {done.stderr.strip()}")
        return done.stdout

    def join(self) -> None:
        own = os.readlink("/proc/self/ns/net")
        for host in self.hosts:
            for _ in range(100):
                if os.readlink(f"/proc/{host.pid}/ns/net") != own:
                    break
                time.sleep(0.02)
            else:
                raise ClusterTrouble("no network of its own can be made here")
        one, two = (host.pid for host in self.hosts)
        self.run(["ip", "link", "add", "cable1", "netns", one, "type", "veth", "peer", "name", "cable2", "netns", two],
                 is_needed=True)
        for i, name in enumerate(NODES):
            for words in [["hostname", name], ["ip", "link", "set", "lo", "up"],
                          ["ip", "address", "add", f"10.77.0.{i + 1}/24", "dev", f"cable{i + 1}"],
                          ["ip", "link", "set", f"cable{i + 1}", "up"]]:
                self.run([*self.inside(i), *words], is_needed=True)

    def start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        self.started([shutil.which("munged"), "--foreground", "--force", f"--key-file={key}",
                      f"--socket={self.folder}/munge.socket", f"--pid-file={self.folder}/munge.pid",
                      f"--log-file={self.folder}/munge.log", f"--seed-file={self.folder}/munge.seed"], "munged")
        for _ in range(100):
            if (self.folder / "munge.socket").exists():
                return
            time.sleep(0.05)
        raise ClusterTrouble(f"munged: {(self.folder / 'munged.out').read_text()}")

    def wait_until_idle(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = self.run([*self.inside(0), "sinfo", "--noheader", "--Node", "--format=%T"]).split()
            if found == ["idle"] * len(NODES):
                return
            time.sleep(0.3)
        logs = (self.folder / "slurmctld.log", self.folder / "slurmd-node1.out")
        last = " | ".join(log.read_text().strip().splitlines()[-1] for log in logs if log.exists())
        raise ClusterTrouble(f"the nodes are {found}: {last}")


def end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
