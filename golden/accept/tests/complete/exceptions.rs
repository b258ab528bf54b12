//! Where the tables and the programs' types differ, and why.

/// A language (`*` at the end for all that start so), a path (with all inside of it; `**.` before it for anywhere), and the reason.
pub(crate) type Exception = (&'static str, &'static str, &'static str);

const BY_SERVER: &str = "the server fills it in";
const INTERNAL: &str = "Consul's own: its documentation doesn't have it, and nobody configures it";
const SHORT: &str = "the parser makes `operator` and `value` of it";
const PARSER: &str = "the parser evaluates it, and no job has it";
const HANDED_DOWN: &str = "the parser hands it down to the tasks";
const NOT_THERE: &str = "Consul refuses it in this place";

/// What the programs' types have and the tables don't.
pub(crate) const ONLY_PROGRAMS: &[Exception] = &[
    ("consul-agent", "ae_interval", INTERNAL),
    ("consul-agent", "build_date", INTERNAL),
    ("consul-agent", "check_deregister_interval_min", INTERNAL),
    ("consul-agent", "check_reap_interval", INTERNAL),
    ("consul-agent", "consul", INTERNAL),
    ("consul-agent", "license_poll_base_time", INTERNAL),
    ("consul-agent", "license_poll_max_time", INTERNAL),
    ("consul-agent", "license_update_base_time", INTERNAL),
    ("consul-agent", "license_update_max_time", INTERNAL),
    ("consul-agent", "revision", INTERNAL),
    ("consul-agent", "segment_limit", INTERNAL),
    ("consul-agent", "segment_name_limit", INTERNAL),
    ("consul-agent", "sync_coordinate_interval_min", INTERNAL),
    ("consul-agent", "sync_coordinate_rate_target", INTERNAL),
    ("consul-agent", "tls.defaults.use_auto_cert", NOT_THERE),
    ("consul-agent", "tls.grpc.verify_outgoing", NOT_THERE),
    ("consul-agent", "tls.grpc.verify_server_hostname", NOT_THERE),
    ("consul-agent", "tls.https.use_auto_cert", NOT_THERE),
    ("consul-agent", "tls.https.verify_server_hostname", NOT_THERE),
    ("consul-agent", "tls.internal_rpc.use_auto_cert", NOT_THERE),
    ("consul-agent", "version", INTERNAL),
    ("consul-agent", "version_metadata", INTERNAL),
    ("consul-agent", "version_prerelease", INTERNAL),
    ("consul-config-entry-*", "CreateIndex", BY_SERVER),
    ("consul-config-entry-*", "ModifyIndex", BY_SERVER),
    ("consul-config-entry-*", "Status", BY_SERVER),
    ("nomad-host-volume", "createindex", BY_SERVER),
    ("nomad-host-volume", "createtime", BY_SERVER),
    ("nomad-host-volume", "modifyindex", BY_SERVER),
    ("nomad-host-volume", "modifytime", BY_SERVER),
    ("nomad-host-volume", "state", BY_SERVER),
    ("nomad-namespace", "createindex", BY_SERVER),
    ("nomad-namespace", "modifyindex", BY_SERVER),
    ("nomad-namespace", "optionalextraclaims", "the command reads `optional_extra_claims`"),
    ("nomad-namespace", "requiredextraclaims", "the command reads `required_extra_claims`"),
    ("nomad-volume", "allocations", BY_SERVER),
    ("nomad-volume", "controllerrequired", BY_SERVER),
    ("nomad-volume", "controllersexpected", BY_SERVER),
    ("nomad-volume", "controllershealthy", BY_SERVER),
    ("nomad-volume", "createindex", BY_SERVER),
    ("nomad-volume", "createtime", BY_SERVER),
    ("nomad-volume", "extrakeyshcl", "where the command notes what it doesn't know"),
    ("nomad-volume", "modifyindex", BY_SERVER),
    ("nomad-volume", "modifytime", BY_SERVER),
    ("nomad-volume", "mount_options.extrakeyshcl", "where the command notes what it doesn't know"),
    ("nomad-volume", "nodesexpected", BY_SERVER),
    ("nomad-volume", "nodeshealthy", BY_SERVER),
    ("nomad-volume", "provider", BY_SERVER),
    ("nomad-volume", "providerversion", BY_SERVER),
    ("nomad-volume", "readallocs", BY_SERVER),
    ("nomad-volume", "resourceexhausted", BY_SERVER),
    ("nomad-volume", "schedulable", BY_SERVER),
    ("nomad-volume", "topologies", BY_SERVER),
    ("nomad-volume", "topology_request.preferred.segments", "the command reads it inside of `topology`"),
    ("nomad-volume", "topology_request.required.segments", "the command reads it inside of `topology`"),
    ("nomad-volume", "writeallocs", BY_SERVER),
];

/// What the tables have and the programs' types don't.
pub(crate) const ONLY_TABLES: &[Exception] = &[
    ("consul-agent", "raft_boltdb.NoFreelistSync", "its field has no tag, so that it is read by its Go name"),
    ("consul-agent", "watches", "a map of anything, taken apart later"),
    ("consul-config-entry-rate-limit", "", "of Consul 2.0, and 1.22 is asked"),
    ("daemon-*", "", "our own"),
    ("lock", "", "our own"),
    ("driver-podman", "", "a plugin that isn't part of Nomad"),
    ("manifest", "", "our own"),
    ("plugin-podman", "", "a plugin that isn't part of Nomad"),
    ("consul-config-entry-exported-services", "Kind", "the command reads it before the rest"),
    ("consul-config-entry-mesh", "Kind", "the command reads it before the rest"),
    ("consul-config-entry-mesh", "Name", "the command takes it, and the entry has a name of its own"),
    ("nomad-host-volume", "type", "the command chooses the kind of volume by it"),
    ("nomad-*", "**.affinity.regexp", SHORT),
    ("nomad-*", "**.affinity.semver", SHORT),
    ("nomad-*", "**.affinity.set_contains", SHORT),
    ("nomad-*", "**.affinity.set_contains_all", SHORT),
    ("nomad-*", "**.affinity.set_contains_any", SHORT),
    ("nomad-*", "**.affinity.version", SHORT),
    ("nomad-*", "**.constraint.distinct_hosts", SHORT),
    ("nomad-*", "**.constraint.distinct_property", SHORT),
    ("nomad-*", "**.constraint.regexp", SHORT),
    ("nomad-*", "**.constraint.semver", SHORT),
    ("nomad-*", "**.constraint.set_contains", SHORT),
    ("nomad-*", "**.constraint.version", SHORT),
    ("nomad-job", "**.scaling.policy", "a map of anything to Nomad: the autoscaler reads it"),
    ("nomad-job", "job.group.secret", HANDED_DOWN),
    ("nomad-job", "job.group.vault", HANDED_DOWN),
    ("nomad-job", "job.secret", HANDED_DOWN),
    ("nomad-job", "job.task", "the parser makes a group of it"),
    ("nomad-job", "job.vault", HANDED_DOWN),
    ("nomad-job", "locals", PARSER),
    ("nomad-job", "variable", PARSER),
    ("nomad-job", "variables", PARSER),
    ("nomad-volume", "topology_request.preferred.topology", "the command takes it apart"),
    ("nomad-volume", "topology_request.required.topology", "the command takes it apart"),
    ("nomad-volume", "type", "the command chooses the kind of volume by it"),
];

/// What is of another type in the tables.
pub(crate) const OTHER_TYPES: &[Exception] = &[
    ("driver-*", "port_map", "a map of numbers, which may be written as texts"),
    ("nomad-job", "job.group.network", "a list of which Nomad takes one"),
    ("nomad-volume", "topology_request.preferred", "a list that is written as one block"),
    ("nomad-volume", "topology_request.required", "a list that is written as one block"),
];
