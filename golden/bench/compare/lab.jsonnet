// Jobs as Nomad's API takes them, and the agents' configuration as JSON: `jsonnet -m FOLDER --tla-code-file facts=FACTS`.
local check(type, interval, timeout) = { Type: type, Interval: interval * 1000000000, Timeout: timeout * 1000000000 };

local job(s, lab) = {
  ID: s.name,
  Name: s.name,
  Priority: s.priority,
  Datacenters: [lab.datacenter],
  Constraints: [
    { LTarget: '${node.unique.name}', RTarget: s.node, Operand: '=' },
    { LTarget: '${attr.kernel.name}', RTarget: 'linux', Operand: '=' },
  ],
  Meta: { 'hlmc-lab': lab.name },
  Update: {
    MaxParallel: 1,
    MinHealthyTime: 15000000000,
    HealthyDeadline: 300000000000,
    AutoRevert: true,
  },
  TaskGroups: [{
    Name: s.name,
    ShutdownDelay: 5000000000,
    Networks: [{ DynamicPorts: [{ Label: port.name, To: port.to } for port in s.ports] }],
    Volumes: { [s.volume.name]: { Name: s.volume.name, Type: 'host', Source: s.volume.name } },
    Services: [
      {
        Name: s.name,
        PortLabel: 'http',
        Tags: s.tags,
        Checks: [check('http', 15, 3) + { Path: s.health, CheckRestart: { Limit: 3, Grace: 30000000000 } }],
      },
      { Name: s.name + '-metrics', PortLabel: 'metrics', Tags: s.tags, Checks: [check('tcp', 30, 5)] },
    ],
    Tasks: [{
      Name: s.name,
      Driver: 'docker',
      User: s.user,
      KillTimeout: 20000000000,
      Config: {
        image: s.image,
        args: s.args,
        ports: [port.name for port in s.ports],
        mount: [{ type: 'bind', source: 'local/files/etc/app', target: '/etc/app', readonly: true }],
      },
      Env: s.env,
      VolumeMounts: [{ Volume: s.volume.name, Destination: s.volume.to }],
      Resources: { CPU: s.cpu, MemoryMB: s.memory, MemoryMaxMB: s.memory_max },
      Templates: [
        {
          DestPath: '${NOMAD_SECRETS_DIR}/hlmc.env',
          Envvars: true,
          ErrMissingKey: true,
          ChangeMode: 'restart',
          Splay: 5000000000,
          Perms: '0644',
          EmbeddedTmpl:
            std.join('', [
              '{{ with nomadVar "nomad/jobs/%s" }}%s={{ .%s.Value | toJSON }}{{ end }}\n' % [s.name, secret.env, secret.key]
              for secret in s.secrets
            ]) + (
              if s.upstream == '' then '' else
                '{{ with service "%s" }}{{ with index . 0 }}UPSTREAM_URL="http://{{ .Address }}:{{ .Port }}/api"{{ end }}{{ end }}\n' % s.upstream
            ),
        },
        {
          DestPath: 'local/files/etc/app/app.conf',
          ChangeMode: 'signal',
          ChangeSignal: 'SIGHUP',
          Splay: 5000000000,
          Perms: '0644',
          EmbeddedTmpl: |||
            # Rendered by Nomad when %(name)s starts.
            [server]
            listen = "0.0.0.0:8080"
            name = "%(name)s"
            public_url = "%(url)s"

            [storage]
            path = "%(data)s"
            {{ with nomadVar "nomad/jobs/%(name)s" }}
            token = "{{ .token }}"
            {{ end }}
            [log]
            level = "%(level)s"
          ||| % { name: s.name, url: s.env.APP_PUBLIC_URL, data: s.volume.to, level: s.env.APP_LOG_LEVEL },
        },
      ],
    }],
  }],
};

local agent(n, lab) = {
  name: n.name,
  region: 'global',
  datacenter: lab.datacenter,
  data_dir: '/opt/nomad/data',
  bind_addr: n.address,
  leave_on_interrupt: false,
  leave_on_terminate: false,
  disable_update_check: true,
  addresses: { http: n.address + ' 127.0.0.1' },
  advertise: { http: n.address, rpc: n.address, serf: n.address },
  [if n.server then 'server']: {
    enabled: true,
    bootstrap_expect: std.length(lab.servers),
    default_scheduler_config: { memory_oversubscription_enabled: true },
    server_join: { retry_join: [server for server in lab.servers if server != n.address] },
  },
  client: {
    enabled: true,
    node_class: n.class,
    node_pool: 'default',
    network_interface: '{{ GetAllInterfaces | include "address" "^%s(/|$)" | attr "name" }}' % std.strReplace(n.address, '.', '[.]'),
    server_join: { retry_join: lab.servers },
    options: {
      'driver.allowlist': 'docker',
      'fingerprint.denylist': 'env_aws,env_azure,env_digitalocean,env_gce',
    },
    host_network: { lan: { cidr: n.address + '/32' } },
    host_volume: { [volume.name]: { path: volume.path, read_only: false } for volume in n.volumes },
    reserved: { cpu: 500, memory: 1024, disk: 1024, reserved_ports: n.reserved_ports },
  },
  plugin: { docker: { config: { allow_privileged: false, volumes: { enabled: false } } } },
  consul: { address: '127.0.0.1:8500' },
  telemetry: { prometheus_metrics: true, publish_allocation_metrics: true, publish_node_metrics: true },
  ui: { enabled: n.server },
};

function(facts)
  { ['jobs/%s.json' % s.name]: { Job: job(s, facts.lab) } for s in facts.services } +
  { ['nodes/%s.json' % n.name]: agent(n, facts.lab) for n in facts.nodes }
