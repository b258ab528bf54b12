//! Wrong manifests: each shows the text, what is said, and what is left.

use super::faults;
use insta::assert_snapshot;

#[test]
fn unknown_names() {
    assert_snapshot!(faults(r#"
server "web" {}
service "web" {
    image: "x"
    image "x"
    prot "http" to=80
    port "http" too=80 { kill-timeout "1s" }
    auto_revert #true
    environment A="b"
    kill_timeout "5s"
    config { ages "x" }
    xyzzy
}
port "http""#), @r#"
    server "web" {}
    service "web" {
        image: "x"
        image "x"
        prot "http" to=80
        port "http" too=80 { kill-timeout "1s" }
        auto_revert #true
        environment A="b"
        kill_timeout "5s"
        config { ages "x" }
        xyzzy
    }
    port "http"
    ---
    service.kdl:2:1: error[unknown-name] `server` can't stand at the top of a file
      service.kdl:2:1: server < not known here
      help: known here: `service`
    service.kdl:4:5: error[unknown-name] `image:` is not known in `service`
      service.kdl:4:5: image: < not known here
      help: leave `image:` out: it is almost `image`, which is there already
    service.kdl:6:5: error[unknown-name] `prot` is not known in `service`
      service.kdl:6:5: prot < not known here
      help: did you mean `port`?
      fix: prot -> port
    service.kdl:7:17: error[unknown-name] `too` is not known in `port`
      service.kdl:7:17: too < not known here
      help: did you mean `to`?
      fix: too -> to
    service.kdl:7:26: error[unknown-name] `kill-timeout` is not known in `port`
      service.kdl:7:26: kill-timeout < not known here
      help: `kill-timeout` belongs in `service`, outside of `port`
    service.kdl:8:5: error[unknown-name] `auto_revert` is not known in `service`
      service.kdl:8:5: auto_revert < not known here
      help: `auto_revert` belongs in `update`: `update { auto_revert … }`
    service.kdl:9:5: error[unknown-name] `environment` is not known in `service`
      service.kdl:9:5: environment < not known here
      help: did you mean `env`?
      fix: environment -> env
    service.kdl:10:5: error[unknown-name] `kill_timeout` is not known in `service`
      service.kdl:10:5: kill_timeout < not known here
      help: did you mean `kill-timeout`?
      fix: kill_timeout -> kill-timeout
    service.kdl:11:14: error[unknown-name] `ages` is not known in `config`
      service.kdl:11:14: ages < not known here
      help: known here: `args`, `labels`, `mount`, `ports`
    service.kdl:12:5: error[unknown-name] `xyzzy` is not known in `service`
      service.kdl:12:5: xyzzy < not known here
    service.kdl:14:1: error[unknown-name] `port` can't stand at the top of a file
      service.kdl:14:1: port < not known here
      help: `port` belongs in `service`: `service "NAME" { port … }`
    ---
    service "web" {
      image = "x"

      port "http" {}

      config {}
    }
    "#);
}

#[test]
fn wrong_types() {
    assert_snapshot!(faults(r#"
service "web" {
    image 5
    port "http" to="80" static=99999999999999999999
    port 80
    count 1.5
    floor #inf
    system "yes"
    after "db" 5
    numbers "7"
    env { DEBUG #true; PORT 0x10; NONE #null }
    map "x"
    meta 1
    port="http"
    type #true
}"#.replace("    port=\"http\"\n", "").as_str()), @r#"
    service "web" {
        image 5
        port "http" to="80" static=99999999999999999999
        port 80
        count 1.5
        floor #inf
        system "yes"
        after "db" 5
        numbers "7"
        env { DEBUG #true; PORT 0x10; NONE #null }
        map "x"
        meta 1
        type #true
    }
    ---
    service.kdl:3:11: error[wrong-type] `image` takes a text, not the number `5`
      service.kdl:3:11: 5 < expected a text
      help: put it in quotes: `"5"`
      fix: 5 -> "5"
    service.kdl:4:20: error[wrong-type] `to` takes a whole number, not the text `"80"`
      service.kdl:4:20: "80" < expected a whole number
      help: remove the quotes: `80`
      fix: "80" -> 80
    service.kdl:4:32: error[wrong-type] `static` is too large: `99999999999999999999`
      service.kdl:4:32: 99999999999999999999 < no whole number of 64 bits
      help: the largest is 9223372036854775807, the smallest -9223372036854775808
    service.kdl:5:10: error[wrong-type] the name of `port` is a text, not the number `80`
      service.kdl:5:10: 80 < expected a text
      help: put it in quotes: `"80"`
      fix: 80 -> "80"
    service.kdl:6:11: error[wrong-type] `count` takes a whole number, not the number `1.5`
      service.kdl:6:11: 1.5 < expected a whole number
      help: write it as `count 1`
    service.kdl:7:11: error[wrong-type] `floor` takes a number, not the number `#inf`
      service.kdl:7:11: #inf < expected a number
      help: write it as `floor 1`
    service.kdl:8:12: error[wrong-type] `system` takes `#true` or `#false`, not the text `"yes"`
      service.kdl:8:12: "yes" < expected `#true` or `#false`
      help: write a truth value: `#true`
      fix: "yes" -> #true
    service.kdl:9:16: error[wrong-type] `after` takes a text, not the number `5`
      service.kdl:9:16: 5 < expected a text
      help: put it in quotes: `"5"`
      fix: 5 -> "5"
    service.kdl:10:13: error[wrong-type] `numbers` takes a whole number, not the text `"7"`
      service.kdl:10:13: "7" < expected a whole number
      help: remove the quotes: `7`
      fix: "7" -> 7
    service.kdl:11:17: error[wrong-type] `DEBUG` takes a text, not `#true`
      service.kdl:11:17: #true < expected a text
      help: put it in quotes: `"true"`
      fix: #true -> "true"
    service.kdl:11:29: error[wrong-type] `PORT` takes a text, not the number `0x10`
      service.kdl:11:29: 0x10 < expected a text
      help: put it in quotes: `"0x10"`
      fix: 0x10 -> "0x10"
    service.kdl:12:9: error[wrong-type] `map` takes names with values
      service.kdl:12:9: "x" < a value without a name
      help: write `map NAME="value"`, or a line for each between braces
    service.kdl:13:10: error[wrong-type] `meta` takes names with values
      service.kdl:13:10: 1 < a value without a name
      help: write `meta NAME="value"`, or a line for each between braces
    service.kdl:14:10: error[wrong-type] `type` takes a text, not `#true`
      service.kdl:14:10: #true < expected a text
      help: put it in quotes: `"true"`
      fix: #true -> "true"
    ---
    service "web" {
      after   = ["db"]
      numbers = []

      port "http" {}

      env {
      }
    }
    "#);
}

#[test]
fn blocks_as_properties() {
    assert_snapshot!(faults(r#"service "web" image="x" port="http" meta="x""#), @r#"
    service "web" image="x" port="http" meta="x"
    ---
    service.kdl:1:25: error[wrong-type] `port` is a block, not a value
      service.kdl:1:25: port < given as a property
      help: write it on a line of its own inside the braces: `port "http"`
    service.kdl:1:42: error[wrong-type] `meta` takes names with values
      service.kdl:1:42: "x" < a value without a name
      help: write `meta NAME="value"`, or a line for each between braces
    ---
    service "web" {
      image = "x"
    }
    "#);
}

#[test]
fn limits() {
    assert_snapshot!(faults(r#"
service "a" { image "x"; count 101; kill-timeout "2h"; shared-memory "2GiB" }
service "b" { image "x"; count -1; kill-timeout "1h"; shared-memory "1GiB" }"#), @r#"
    service "a" { image "x"; count 101; kill-timeout "2h"; shared-memory "2GiB" }
    service "b" { image "x"; count -1; kill-timeout "1h"; shared-memory "1GiB" }
    ---
    service.kdl:2:32: error[out-of-range] `count` can't be more than `100`
      service.kdl:2:32: 101 < too large
      help: it is `100` or less
    service.kdl:2:50: error[out-of-range] `kill-timeout` can't be more than `1h`
      service.kdl:2:50: "2h" < too large
      help: it is `1h` or less
    service.kdl:2:70: error[out-of-range] `shared-memory` can't be more than `1GiB`
      service.kdl:2:70: "2GiB" < too large
      help: it is `1GiB` or less
    service.kdl:3:32: error[out-of-range] `count` can't be less than `0`
      service.kdl:3:32: -1 < too small
      help: it is `0` or more
    ---
    service "a" {
      image = "x"
    }

    service "b" {
      image         = "x"
      kill-timeout  = "1h"
      shared-memory = 1024
    }
    "#);
}

#[test]
fn times_and_sizes() {
    assert_snapshot!(faults(r#"
service "a" { image "x"; kill-timeout 30; memory 512; shared-memory "512MB" }
service "b" { image "x"; kill-timeout "1d"; memory "2gb"; shared-memory "x" }
service "c" { image "x"; kill-timeout "soon"; memory 1073741824; shared-memory "512" }
service "d" { image "x"; kill-timeout #true; memory 1.5; shared-memory 512 }
service "e" { image "x"; kill-timeout 0; memory 0; shared-memory 0 }"#), @r#"
    service "a" { image "x"; kill-timeout 30; memory 512; shared-memory "512MB" }
    service "b" { image "x"; kill-timeout "1d"; memory "2gb"; shared-memory "x" }
    service "c" { image "x"; kill-timeout "soon"; memory 1073741824; shared-memory "512" }
    service "d" { image "x"; kill-timeout #true; memory 1.5; shared-memory 512 }
    service "e" { image "x"; kill-timeout 0; memory 0; shared-memory 0 }
    ---
    service.kdl:2:39: error[bare-number] `kill-timeout` is a time, and `30` has no unit
      service.kdl:2:39: 30 < a unit is missing
      help: write the unit, `ms`, `s`, `m` or `h`: probably `"30s"`
      fix: 30 -> "30s"
    service.kdl:2:50: error[bare-number] `memory` is a size, and `512` has no unit
      service.kdl:2:50: 512 < a unit is missing
      help: write the unit, `KiB`, `MiB` or `GiB`: probably `"512MiB"`
      fix: 512 -> "512MiB"
    service.kdl:2:69: error[bad-unit] `shared-memory` is counted in whole MiB, which `512MB` is not
      service.kdl:2:69: "512MB" < not a whole number of MiB
      help: write `"512MiB"`
      fix: "512MB" -> "512MiB"
    service.kdl:3:39: error[bad-unit] `kill-timeout` is a time, which `1d` is not
      service.kdl:3:39: "1d" < not a time
      help: write `"24h"`
      fix: "1d" -> "24h"
    service.kdl:3:52: error[bad-unit] `memory` is a size, which `2gb` is not
      service.kdl:3:52: "2gb" < not a size
      help: write `"2GB"`
      fix: "2gb" -> "2GB"
    service.kdl:3:73: error[bad-unit] `shared-memory` is a size, which `x` is not
      service.kdl:3:73: "x" < not a size
      help: a size is a number with `KiB`, `MiB` or `GiB`, such as `"512MiB"`
    service.kdl:4:39: error[bad-unit] `kill-timeout` is a time, which `soon` is not
      service.kdl:4:39: "soon" < not a time
      help: a time is numbers with `ms`, `s`, `m` or `h`, such as `"1h30m"`
    service.kdl:4:54: error[bare-number] `memory` is a size, and `1073741824` has no unit
      service.kdl:4:54: 1073741824 < a unit is missing
      help: write the unit, `KiB`, `MiB` or `GiB`: probably `"1GiB"`
      fix: 1073741824 -> "1GiB"
    service.kdl:4:80: error[bare-number] `shared-memory` is a size, and `512` has no unit
      service.kdl:4:80: "512" < a unit is missing
      help: write the unit, `KiB`, `MiB` or `GiB`: probably `"512MiB"`
      fix: "512" -> "512MiB"
    service.kdl:5:39: error[wrong-type] `kill-timeout` takes a time such as `"30s"`, not `#true`
      service.kdl:5:39: #true < expected a time such as `"30s"`
      help: write it as `kill-timeout "30s"`
    service.kdl:5:53: error[wrong-type] `memory` takes a size such as `"512MiB"`, not the number `1.5`
      service.kdl:5:53: 1.5 < expected a size such as `"512MiB"`
      help: write it as `memory "512MiB"`
    ---
    service "a" {
      image = "x"
    }

    service "b" {
      image = "x"
    }

    service "c" {
      image = "x"
    }

    service "d" {
      image         = "x"
      shared-memory = 512
    }

    service "e" {
      image         = "x"
      kill-timeout  = "0s"
      memory        = 0
      shared-memory = 0
    }
    "#);
}

#[test]
fn twice() {
    assert_snapshot!(faults(r#"
service "web" image="a" {
    image "b"
    port "http" to=80
    port "http" to=81
    port "https" to=81 to=82
    update { auto_revert }
    update
    env A="1" { A "2" }
    meta a="1" { a "2" }
    route "cloud" public public
}
service "web" { image "x" }"#), @r#"
    service "web" image="a" {
        image "b"
        port "http" to=80
        port "http" to=81
        port "https" to=81 to=82
        update { auto_revert }
        update
        env A="1" { A "2" }
        meta a="1" { a "2" }
        route "cloud" public public
    }
    service "web" { image "x" }
    ---
    service.kdl:3:5: error[duplicate-name] `image` is given twice
      service.kdl:3:5: image < and here
      service.kdl:2:15: image < first given here
      help: keep one of the two
    service.kdl:5:5: error[duplicate-name] `port "http"` is there twice
      service.kdl:5:5: port "http" to=81 < and here
      service.kdl:4:5: port "http" to=80 < first given here
      help: give one of them another name, or make them one
    service.kdl:6:24: error[duplicate-name] `to` is given twice
      service.kdl:6:24: to < and here
      service.kdl:6:18: to < first given here
      help: keep one of the two
    service.kdl:8:5: error[duplicate-name] `update` is given twice
      service.kdl:8:5: update < and here
      service.kdl:7:5: update < first given here
      help: keep one of the two
    service.kdl:9:17: error[duplicate-name] `A` is given twice
      service.kdl:9:17: A < and here
      service.kdl:9:9: A < first given here
      help: keep one of the two
    service.kdl:10:18: error[duplicate-name] `a` is given twice
      service.kdl:10:18: a < and here
      service.kdl:10:10: a < first given here
      help: keep one of the two
    service.kdl:11:26: error[duplicate-name] `public` is given twice
      service.kdl:11:26: public < and here
      service.kdl:11:19: public < first given here
      help: keep one of the two
    ---
    service "web" {
      image = "a"
      meta = {
        a = "1"
      }

      port "http" {
        to = 80
      }

      port "https" {
        to = 81
      }

      update {
        auto_revert = true
      }

      env {
        A = "1"
      }

      route "cloud" {
        public = true
      }
    }

    service "web" {
      image = "x"
    }
    "#);
}

#[test]
fn missing() {
    assert_snapshot!(faults(r#"
service
service "web" {
    port to=80
    count
    after
    meta
    memory
    kill-timeout
    any
}"#), @r#"
    service
    service "web" {
        port to=80
        count
        after
        meta
        memory
        kill-timeout
        any
    }
    ---
    service.kdl:2:1: error[missing-label] `service` lacks its name
      service.kdl:2:1: service < the name is missing
      help: write it in quotes behind `service`: `service "…"`
    service.kdl:3:1: error[missing-attribute] `service` lacks `image`
      service.kdl:3:1: service < `image` is missing
      help: add `image`: container image
    service.kdl:4:5: error[missing-label] `port` lacks its name
      service.kdl:4:5: port < the name is missing
      help: write it in quotes behind `port`: `port "…"`
    service.kdl:5:5: error[missing-value] `count` has no value
      service.kdl:5:5: count < a value is missing
      help: write it after the name: `count 1`
    service.kdl:6:5: error[missing-value] `after` has no value
      service.kdl:6:5: after < a value is missing
      help: write it after the name: `after "one" "two"`, or `after {}` for none
    service.kdl:7:5: error[missing-value] `meta` has no value
      service.kdl:7:5: meta < a value is missing
      help: write it after the name: `meta key="value"`, or `meta {}` for none
    service.kdl:8:5: error[missing-value] `memory` has no value
      service.kdl:8:5: memory < a value is missing
      help: write it after the name: `memory "512MiB"`
    service.kdl:9:5: error[missing-value] `kill-timeout` has no value
      service.kdl:9:5: kill-timeout < a value is missing
      help: write it after the name: `kill-timeout "30s"`
    service.kdl:10:5: error[missing-value] `any` has no value
      service.kdl:10:5: any < a value is missing
      help: write it after the name: `any "…"`
    ---
    service "web" {}
    "#);
}

#[test]
fn too_much() {
    assert_snapshot!(faults(r#"
service "web" "blue" sytem {
    image "a" "b" tag="c"
    type "batch" { x }
    after "a" b="c" { d }
    port "http" 80
    route "cloud" "alice" { public #true #true }
    update "always"
    any 1 2 { a 1 }
    labels { - a="b"; c "d" }
}
service "x" image="x" after="a" "b"
service "y" imag="x""#), @r#"
    service "web" "blue" sytem {
        image "a" "b" tag="c"
        type "batch" { x }
        after "a" b="c" { d }
        port "http" 80
        route "cloud" "alice" { public #true #true }
        update "always"
        any 1 2 { a 1 }
        labels { - a="b"; c "d" }
    }
    service "x" image="x" after="a" "b"
    service "y" imag="x"
    ---
    service.kdl:2:15: error[unexpected-argument] `service` doesn't take `"blue"` here
      service.kdl:2:15: "blue" < not expected
      help: say what it is: `after="blue"`, `driver="blue"`, `image="blue"`, `needs="blue"`
    service.kdl:2:22: error[unexpected-argument] `service` doesn't take `sytem` here
      service.kdl:2:22: sytem < not expected
      help: did you mean `system`?
      fix: sytem -> system
    service.kdl:3:15: error[unexpected-argument] `image` takes one value
      service.kdl:3:15: "b" < this is one more
      help: remove it
    service.kdl:3:19: error[unexpected-argument] `image` takes a value, no properties such as `tag`
      service.kdl:3:19: tag="c" < not expected
      help: write `tag` on a line of its own, or behind the block that it belongs to
    service.kdl:4:18: error[unexpected-argument] `type` takes a value, no block
      service.kdl:4:18: { x } < not expected
      help: remove the braces
    service.kdl:5:15: error[unexpected-argument] `after` takes a value, no properties such as `b`
      service.kdl:5:15: b="c" < not expected
      help: write `b` on a line of its own, or behind the block that it belongs to
    service.kdl:5:23: error[unexpected-argument] `after` is a list, and `d` is none of its elements
      service.kdl:5:23: d < not an element
      help: write `-` in place of a name for each element: `- "value"`
    service.kdl:6:17: error[unexpected-argument] `port` doesn't take `80` here
      service.kdl:6:17: 80 < not expected
      help: say what it is: `static=80`, `to=80`
    service.kdl:7:19: error[unexpected-argument] `route` doesn't take `"alice"` here
      service.kdl:7:19: "alice" < not expected
      help: say what it is: `auth="alice"`, `path="alice"`
    service.kdl:7:42: error[unexpected-argument] `public` takes one value
      service.kdl:7:42: #true < this is one more
      help: remove it
    service.kdl:8:12: error[unexpected-argument] `update` doesn't take `"always"` here
      service.kdl:8:12: "always" < not expected
      help: remove it
    service.kdl:9:13: error[unexpected-argument] `any` takes a value, no block
      service.kdl:9:13: { a 1 } < not expected
      help: remove the braces
    service.kdl:10:23: error[unexpected-argument] `labels` is a list, and `c` is none of its elements
      service.kdl:10:23: c < not an element
      help: write `-` in place of a name for each element: `- "value"`
    service.kdl:12:33: error[unexpected-argument] a property has one value, so `"b"` isn't one of `after`
      service.kdl:12:33: "b" < not expected
      help: write the list on a line of its own inside the braces: `after "…" "b"`
    service.kdl:13:13: error[unknown-name] `imag` is not known in `service`
      service.kdl:13:13: imag < not known here
      help: did you mean `image`?
      fix: imag -> image
    ---
    service "web" {
      image = "a"
      labels = [{
        a = "b"
      }]

      port "http" {}

      route "cloud" {
        public = true
      }

      update {}
    }

    service "x" {
      image = "x"
      after = ["a"]
    }

    service "y" {}
    "#);
}

#[test]
fn annotations() {
    assert_snapshot!(faults(r#"
service (secret)"web" {
    image (sercet)"x"
    count (port)5
    (secret)env A="b"
    env B=(u8)"1"
    meta { (url)c "d" }
}"#), @r#"
    service (secret)"web" {
        image (sercet)"x"
        count (port)5
        (secret)env A="b"
        env B=(u8)"1"
        meta { (url)c "d" }
    }
    ---
    service.kdl:2:10: error[unknown-annotation] `(secret)` has no meaning before a label of `service`
      service.kdl:2:10: secret < not here
      help: remove it: names are the same wherever the service runs
    service.kdl:3:12: error[unknown-annotation] there is no annotation `(sercet)`
      service.kdl:3:12: sercet < not known
      help: did you mean `(secret)`?
      fix: sercet -> secret
    service.kdl:4:12: error[unknown-annotation] `(port)` has no meaning for `count`, which is no text
      service.kdl:4:12: port < not here
      help: remove it: only texts can be filled in where the service runs
    service.kdl:5:6: error[unknown-annotation] `(secret)` has no meaning before the name `env`
      service.kdl:5:6: secret < not here
      help: put it before the value: `env (secret)"…"`
    service.kdl:6:5: error[duplicate-name] `env` is given twice
      service.kdl:6:5: env B=(u8)"1" < and here
      service.kdl:5:5: (secret)env A="b" < first given here
      help: keep one of the two
    service.kdl:6:12: error[unknown-annotation] there is no annotation `(u8)`
      service.kdl:6:12: u8 < not known
      help: known here: `address`, `file`, `host`, `port`, `secret`, `url`
    service.kdl:7:13: error[unknown-annotation] `(url)` has no meaning before the name `c`
      service.kdl:7:13: url < not here
      help: put it before the value: `c (url)"…"`
    ---
    service "web" {
      meta = {
        c = "d"
      }

      env {
        A = "b"
      }
    }
    "#);
}

#[test]
fn names_that_are_gone_or_going() {
    assert_snapshot!(faults(r#"service "web" image="x" instances=2 mbits=10 needs="db""#), @r#"
    service "web" image="x" instances=2 mbits=10 needs="db"
    ---
    service.kdl:1:25: error[removed-name] `instances` is no longer taken
      service.kdl:1:25: instances < refused
      help: removed in 1.7: write `count`
    service.kdl:1:37: warning[ignored-name] `mbits` has no effect
      service.kdl:1:37: mbits < ignored
      help: ignored since 1.6: leave it out
    service.kdl:1:46: warning[deprecated-name] `needs` is deprecated
      service.kdl:1:46: needs < deprecated
      help: write `after`
    ---
    service "web" {
      image = "x"
      mbits = 10
      needs = "db"
    }
    "#);
}

#[test]
fn parameters() {
    assert_snapshot!(faults(r#"
service "a" image="x:@{cuont}" type="@{count}" count="@{type}"
service "b@{x}""#), @r#"
    service "a" image="x:@{cuont}" type="@{count}" count="@{type}"
    service "b@{x}"
    ---
    service.kdl:2:24: error[unknown-parameter] there is no parameter `cuont`
      service.kdl:2:24: cuont < no such parameter
      help: did you mean `count`?
      fix: cuont -> count
    service.kdl:2:37: error[not-allowed-value] `type` can't be `3`
      service.kdl:2:37: "@{count}" < not one of those allowed
      help: it is one of `batch`, `service`, `system`
    service.kdl:2:54: error[wrong-type] `count` takes a whole number, not the text `"@{type}"`
      service.kdl:2:54: "@{type}" < expected a whole number
      help: write it as `count 1`
    service.kdl:3:13: error[unknown-parameter] there is no parameter `x`
      service.kdl:3:13: x < no such parameter
      help: known here: `count`, `secret`, `type`
    ---
    service "a" {}
    "#);
}

#[test]
fn one_of_a_few() {
    assert_snapshot!(faults(r#"
service "a" image="x" type="sevrice"
service "b" image="x" type="daemon""#), @r#"
    service "a" image="x" type="sevrice"
    service "b" image="x" type="daemon"
    ---
    service.kdl:2:28: error[not-allowed-value] `type` can't be `sevrice`
      service.kdl:2:28: "sevrice" < not one of those allowed
      help: did you mean `service`?
      fix: "sevrice" -> "service"
    service.kdl:3:28: error[not-allowed-value] `type` can't be `daemon`
      service.kdl:3:28: "daemon" < not one of those allowed
      help: did you mean `system`?
      fix: "daemon" -> "system"
    ---
    service "a" {
      image = "x"
    }

    service "b" {
      image = "x"
    }
    "#);
}
