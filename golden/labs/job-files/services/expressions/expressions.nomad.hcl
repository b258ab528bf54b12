// Every function and operator of job files: what Nomad makes of this file is compared with what it makes of the bundle's.
locals {
  list   = ["b", "a", "b", "c"]
  map    = { two = 2, one = 1 }
  nested = [["a"], ["b", ["c"]], []]
  people = [{ name = "anna", age = 31 }, { name = "ben", age = 29 }]
}

job "expressions" {
  datacenters = ["home"]
  type        = "batch"

  group "main" {
    task "main" {
      driver = "docker"

      config {
        image   = "busybox:1.36"
        command = "true"
        args    = flatten(local.nested)
      }

      env {
        ADD           = 1 + 2 * 3 - 4 / 2 % 3
        DIVIDE        = 7 / 2
        NEGATIVE      = -(5 - 8) + -2
        COMPARE       = "${1 < 2} ${2 <= 2} ${3 > 4} ${4 >= 5} ${1 == 1} ${1 != 1} ${"1" == 1}"
        LOGIC         = "${true && false} ${true || false} ${!true}"
        CHOICE        = length(local.list) > 3 ? "many" : 4
        INDEX         = "${local.list[0]} ${local.list.1} ${local.map["one"]} ${local.map.two}"
        SPLAT         = join(",", local.people[*].name)
        OLD_SPLAT     = join(",", local.people.*.name)
        FOR_LIST      = join(",", [for at, name in local.list : "${at}${name}" if name != "b"])
        FOR_MAP       = jsonencode({ for person in local.people : person.name => person.age })
        FOR_GROUP     = jsonencode({ for person in local.people : person.age > 30 ? "old" : "young" => person.name... })
        TRIM_MARKS    = "a  ${~ 1 ~}  b"
        IF            = "%{ if local.map.one == 1 }yes%{ else }no%{ endif }"
        REPEAT        = "%{ for name in local.list ~} ${name} %{ endfor ~}"
        ESCAPES       = "a\tb\"c\\d\u00e9\U0001F600 $${x} %%{y}"
        LATER         = "${attr.kernel.name} ${node.unique.name} ${NOMAD_ALLOC_ID} ${meta["rack"]}"
        LATER_BARE    = NOMAD_TASK_DIR
        ABS           = abs(-12.5)
        BASE64        = "${base64encode("héllo")} ${base64decode("aGVsbG8=")}"
        BASENAME      = "${basename("/a/b.txt")} ${basename("/")} ${basename("a/")} ${dirname("/a/b.txt")} ${dirname("a")}"
        CAN           = "${can(local.map.three)} ${can(local.map.two)} ${try(local.map.three, "none")}"
        CEIL          = "${ceil(1.2)} ${floor(-1.2)} ${signum(-3)} ${pow(2, 10)} ${log(8, 2)}"
        CHOMP         = chomp("text\r\n\n")
        CHUNKS        = jsonencode(chunklist(local.list, 3))
        CIDR          = "${cidrhost("10.1.0.0/16", 5)} ${cidrhost("10.1.0.0/16", -1)} ${cidrnetmask("10.0.0.0/12")} ${cidrsubnet("10.0.0.0/8", 8, 2)}"
        CIDR_6        = "${cidrhost("fd00::/64", 34)} ${cidrsubnet("fd00::/48", 16, 162)}"
        CIDR_SUBNETS  = join(" ", cidrsubnets("10.1.0.0/16", 4, 4, 8, 4))
        COALESCE      = "${coalesce(null, "b")} ${join(",", coalescelist([], ["c"]))}"
        COMPACT       = join(",", compact(["a", "", "b"]))
        CONTAINS      = "${contains(local.list, "c")} ${contains(local.list, "z")}"
        CONVERT       = "${convert("5", number) + 1} ${jsonencode(convert(["b", "a", "b"], set(string)))}"
        CSV           = jsonencode(csvdecode("a,b\n1,2\n3,4\n"))
        DISTINCT      = join(",", distinct(local.list))
        ELEMENT       = "${element(local.list, 5)} ${element(local.list, -1)}"
        EXISTS        = "${fileexists("expressions.nomad.hcl")} ${fileexists("nothing")}"
        FILES         = join(",", fileset(".", "*.txt"))
        FILE          = trimspace(file("note.txt"))
        FILE_64       = filebase64("note.txt")
        FORMAT        = format("%s %d %5.1f|%-6s|%06d|%x %q %v %t %%", "a", 42, 3.14159, "ab", 42, 255, "q\"", [1, "b"], true)
        FORMAT_2      = format("%e %g %g %G %+d %#x %[2]s %[1]s", 12345.678, 0.00001, 1e21, 1e-7, 5, 255)
        FORMAT_INDEX  = format("%[2]s %[1]s", "a", "b")
        FORMATDATE    = formatdate("EEEE, DD MMM YYYY hh:mm:ss ZZZ 'at' H aa", "2026-11-21T15:04:05Z")
        FORMATDATE_2  = formatdate("YY-M-D h:m:s Z ZZZZ ZZZZZ", "2026-03-04T05:06:07+02:00")
        FORMATLIST    = join(",", formatlist("%s-%d", ["a", "b"], [1, 2]))
        INDENT        = indent(4, "a\nb\nc")
        INDEX_OF      = "${index(["x", "y"], 1)} ${index(convert({ k = "v" }, map(string)), "k")}"
        JSON          = jsonencode({ b = [1, 2.5, true, null], a = "<&>" })
        JSON_DECODE   = jsondecode("{\"a\": [1, {\"b\": \"c\"}]}").a[1].b
        KEYS          = "${join(",", keys(local.map))} ${join(",", values(local.map))}"
        LENGTH        = "${length(local.list)} ${length(keys(local.map))}"
        LOOKUP        = "${lookup(local.map, "one", 9)} ${lookup(local.map, "three", 9)}"
        CASES         = "${lower("ÄBC")} ${upper("äbc")} ${title("hello wörld foo_bar it's")}"
        EXTREMES      = "${max(3, 12, 9)} ${min(3, 12, 9)} ${max([4, 5]...)}"
        MERGE         = jsonencode(merge(local.map, { two = 3 }, null))
        HASHES        = "${md5("a")} ${sha1("a")} ${sha256("a")} ${sha512("a")}"
        PARSEINT      = "${parseint("ff", 16)} ${parseint("-101", 2)}"
        RANGE         = "${join(",", range(3))} ${join(",", range(1, 4))} ${join(",", range(5, 1, -2))} ${join(",", range(-2))}"
        REPLACE       = "${replace("a-b-c", "-", "+")} ${regex_replace("a1b22", "[0-9]+", "<$0>")} ${regex_replace("k=v", "(\\w)=(\\w)", "$2=$1")}"
        REVERSE       = "${reverse("abc")} ${strrev("añb")} ${strlen("añ👍")}"
        SETS          = "${join(",", setintersection(["a", "b"], ["b", "c"]))} ${join(",", setunion(["b", "a"], ["c", "a"]))}"
        PRODUCT       = jsonencode(setproduct(["a", "b"], [1, 2]))
        SLICE         = join(",", slice(local.list, 1, 3))
        SORT          = join(",", sort(local.list))
        SPLIT         = "${join("|", split(",", "a,b,,c"))} ${join("|", split("", "añ"))}"
        SUBSTR        = "${substr("hello", 1, 3)} ${substr("hello", -3, 2)} ${substr("hello", 2, -1)} ${substr("hello", 0, 99)}"
        TIMEADD       = "${timeadd("2026-11-21T15:04:05Z", "1h30m")} ${timeadd("2026-11-21T15:04:05+02:00", "-24h")}"
        TRIM          = "${trim("xxaxx", "x")} ${trimprefix("abc", "a")} ${trimsuffix("abc", "c")} ${trimspace("  a  ")}"
        URL           = urlencode("a b&c/ö~-_.")
        UUID          = uuidv5("dns", "example.com")
        YAML_DECODE   = jsonencode(yamldecode("a: 1\nb: [x, \"y\"]\nc: {d: true}\n"))
        ZIPMAP        = jsonencode(zipmap(["a", "b"], [1, 2]))
      }

      meta {
        yaml = yamlencode({
          b = ["x", { c = 1.5, d = null, e = [] }, ["n", "m"]]
          a = "text"
          l = "two\nlines\n"
          m = "no newline\nat the end"
          n = " \n leading"
          o = "a long line that goes on and on, past the eightieth column, with \"quotes\" and a\ttab, until it is folded somewhere"
          p = {}
          "key with: colon" = true
        })
      }
    }
  }
}
