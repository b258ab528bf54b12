//! Units, daemons, and the script that puts everything in place.

use super::lab::{analysis, file, lab, route};
use insta::assert_snapshot;

const UNITS: &str = "nodes/nas/etc/systemd/system";

#[test]
fn n3_one_drop_in_of_consul_fits_server_and_client() {
    let lab = lab();
    let drop_in = |node: &str| file(&lab, &format!("nodes/{node}/etc/systemd/system/consul.service.d/10-hlmc.conf"));
    assert_eq!(drop_in("nas"), drop_in("pi5-1"));
    assert_snapshot!(drop_in("nas"), @r#"
    [Unit]
    Wants=network-online.target
    After=network-online.target
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    Restart=always
    RestartSec=5s
    "#);
}

#[test]
fn nomad_needs_the_mounts_below_its_host_volumes() {
    assert_snapshot!(file(&lab(), &format!("{UNITS}/nomad.service.d/10-hlmc.conf")), @r#"
    [Unit]
    Wants=network-online.target consul.service docker.service
    After=network-online.target consul.service docker.service
    RequiresMountsFor=/bulk1/photos
    RequiresMountsFor=/fast/db
    StartLimitIntervalSec=0

    [Service]
    Restart=always
    RestartSec=5s
    "#);
    let pi = file(&lab(), "nodes/pi5-1/etc/systemd/system/nomad.service.d/10-hlmc.conf");
    assert!(!pi.contains("RequiresMountsFor"), "{pi}");
}

#[test]
fn n7_mount_units_only_where_mounts_are_declared() {
    let lab = lab();
    let artifacts = super::super::artifacts(&analysis(&lab), &|_| false);
    let mounts: Vec<&str> =
        artifacts.iter().filter(|it| it.kind == "systemd-mount").map(|it| it.path.as_str()).collect();
    assert_eq!(mounts, [format!("{UNITS}/bulk1.mount"), format!("{UNITS}/fast.mount")]);
    assert_snapshot!(file(&lab, &format!("{UNITS}/fast.mount")), @r#"
    [Unit]
    Description=/fast of this lab

    [Mount]
    What=/dev/disk/by-label/my\x20disk
    Where=/fast
    Type=ext4
    Options=noatime

    [Install]
    WantedBy=local-fs.target
    "#);
}

#[test]
fn a_mount_over_the_network_waits_for_the_network() {
    let mut lab = lab();
    lab.nodes[0].mounts[0].source.value = "10.0.0.5:/export/100%".to_owned();
    lab.nodes[0].mounts[0].kind.value = "nfs4".to_owned();
    assert_snapshot!(file(&lab, &format!("{UNITS}/bulk1.mount")), @r#"
    [Unit]
    Description=/bulk1 of this lab

    [Mount]
    What=10.0.0.5:/export/100%%
    Where=/bulk1
    Type=nfs4
    Options=noatime,nofail

    [Install]
    WantedBy=remote-fs.target
    "#);
    assert!(file(&lab, "nodes/nas/install.sh").contains("\n    program mount.nfs nfs-common\n"));
}

#[test]
fn n7_dnsmasq_and_samba_on_the_nas_only() {
    let lab = lab();
    let artifacts = super::super::artifacts(&analysis(&lab), &|_| false);
    let daemons: Vec<&str> =
        artifacts.iter().filter(|it| it.kind == "dnsmasq" || it.kind == "samba").map(|it| it.path.as_str()).collect();
    assert_eq!(daemons, ["nodes/nas/etc/dnsmasq.d/hlmc.conf", "nodes/nas/etc/samba/smb.conf"]);
}

#[test]
fn dnsmasq_answers_machines_and_routes() {
    let mut lab = lab();
    lab.services[1].routes.push(route("*.apps.home.example.com", false));
    assert_snapshot!(file(&lab, "nodes/nas/etc/dnsmasq.d/hlmc.conf"), @r#"
    # Written by hlmc: names of `home.example.com`, answered by `nas`.
    bind-dynamic
    listen-address=127.0.0.1
    listen-address=192.168.1.119
    no-hosts
    domain=home.example.com
    local=/home.example.com/
    domain-needed
    bogus-priv
    cache-size=1000
    no-resolv
    server=9.9.9.9
    server=1.1.1.1
    server=/consul/127.0.0.1#8600

    # Machines.
    host-record=nas.home.example.com,nas,192.168.1.119
    host-record=pi5-1.home.example.com,pi5-1,192.168.1.121
    host-record=pi5-2.home.example.com,pi5-2,192.168.1.122
    host-record=printer.home.example.com,printer,192.168.1.20

    # Routes, at the reverse proxy.
    address=/apps.home.example.com/192.168.1.119
    host-record=grafana.home.example.com,192.168.1.119

    # Addresses.
    dhcp-authoritative
    dhcp-range=192.168.1.150,192.168.1.250,43200
    dhcp-option=option:router,192.168.1.1
    "#);
}

#[test]
fn samba_shares_with_the_lan_only() {
    assert_snapshot!(file(&lab(), "nodes/nas/etc/samba/smb.conf"), @r#"
    # Written by hlmc: the shares of `nas`.
    [global]
        workgroup = WORKGROUP
        server string = nas
        server role = standalone server
        server min protocol = SMB3
        interfaces = lo 192.168.1.119
        bind interfaces only = yes
        hosts allow = 127.0.0.1 192.168.1.0/24
        hosts deny = ALL
        map to guest = Bad User
        logging = systemd
        load printers = no
        printing = bsd
        printcap name = /dev/null
        disable spoolss = yes

    [photos]
        path = /bulk1/photos
        comment = Immich's library
        valid users = anna tom
        read only = yes
        guest ok = no

    [media]
        path = /srv/media
        read only = no
        guest ok = yes
    "#);
}

/// The part of a node's `install.sh` that isn't the same everywhere.
fn data(node: &str) -> String {
    let script = file(&lab(), &format!("nodes/{node}/install.sh"));
    let data = script.split_once("\n\nnode=").unwrap().1.split_once("\n\n# ----").unwrap().0;
    format!("node={data}")
}

#[test]
fn n5_install_knows_the_machine() {
    assert_snapshot!(data("nas"), @r#"
    node='nas'
    address='192.168.1.119'
    arch='amd64'
    distribution='debian'
    bridge='false'
    client='true'

    programs() {
        program ufw ufw
        program dockerd docker-ce docker-ce-cli containerd.io
        program nomad nomad
        program consul consul
        program dnsmasq dnsmasq
        program smbd samba
    }

    files() {
        file 'etc/nomad.d/nomad.hcl' nomad
        file 'etc/consul.d/consul.hcl' consul
        file 'etc/systemd/system/nomad.service.d/10-hlmc.conf' nomad
        file 'etc/systemd/system/consul.service.d/10-hlmc.conf' consul
        file 'etc/systemd/system/docker.service.d/10-hlmc.conf' docker
        file 'etc/systemd/system/smbd.service.d/10-hlmc.conf' samba
        file 'etc/systemd/system/bulk1.mount' mount
        file 'etc/systemd/system/fast.mount' mount
        file 'etc/dnsmasq.d/hlmc.conf' dnsmasq
        file 'etc/samba/smb.conf' samba
    }

    mounts() {
        mount_unit 'bulk1.mount' '/bulk1'
        mount_unit 'fast.mount' '/fast'
    }

    folders() {
        folder '/bulk1/photos' '/bulk1' ''
        folder '/fast/db' '/fast' '999:999'
        folder '/srv/media' '' ''
    }

    units() {
        unit docker.service never
        unit consul.service consul
        unit nomad.service nomad
        unit dnsmasq.service dnsmasq
        unit smbd.service samba
        unit nmbd.service samba
    }

    accounts() {
        account 'anna'
        account 'tom'
    }
    "#);
}

#[test]
fn n5_a_pi_gets_its_own_architecture_and_nothing_of_the_nas() {
    assert_snapshot!(data("pi5-1"), @r#"
    node='pi5-1'
    address='192.168.1.121'
    arch='arm64'
    distribution='debian'
    bridge='false'
    client='true'

    programs() {
        program ufw ufw
        program dockerd docker-ce docker-ce-cli containerd.io
        program nomad nomad
        program consul consul
    }

    files() {
        file 'etc/nomad.d/nomad.hcl' nomad
        file 'etc/consul.d/consul.hcl' consul
        file 'etc/systemd/system/nomad.service.d/10-hlmc.conf' nomad
        file 'etc/systemd/system/consul.service.d/10-hlmc.conf' consul
        file 'etc/systemd/system/docker.service.d/10-hlmc.conf' docker
    }

    mounts() {
        :
    }

    folders() {
        folder '/var/lib/filebeat' '' ''
    }

    units() {
        unit docker.service never
        unit consul.service consul
        unit nomad.service nomad
    }

    accounts() {
        :
    }
    "#);
}

#[test]
fn n5_ubuntu_has_its_own_packages_and_raspbian_has_debians() {
    let mut lab = lab();
    lab.nodes[0].os = "ubuntu".to_owned();
    lab.nodes[1].os = "raspbian".to_owned();
    assert!(file(&lab, "nodes/nas/install.sh").contains("\ndistribution='ubuntu'\n"));
    assert!(file(&lab, "nodes/pi5-1/install.sh").contains("\ndistribution='debian'\n"));
}

#[test]
fn scripts_may_be_executed() {
    let lab = lab();
    for artifact in super::super::artifacts(&analysis(&lab), &|_| false) {
        assert_eq!(artifact.executable, artifact.path.ends_with(".sh"), "{}", artifact.path);
    }
}
