job "expressions" {
  datacenters = ["home"]
  type        = "batch"

  group "main" {
    task "main" {
      driver = "docker"

      config {
        image   = "busybox:1.36"
        command = "true"
        args    = ["a", "b", "c"]
      }

      env {
        ADD          = "5"
        DIVIDE       = "3.5"
        NEGATIVE     = "1"
        COMPARE      = "true true false false true false false"
        LOGIC        = "false true false"
        CHOICE       = "many"
        INDEX        = "b a 1 2"
        SPLAT        = "anna,ben"
        OLD_SPLAT    = "anna,ben"
        FOR_LIST     = "1a,3c"
        FOR_MAP      = "{\"anna\":31,\"ben\":29}"
        FOR_GROUP    = "{\"old\":[\"anna\"],\"young\":[\"ben\"]}"
        TRIM_MARKS   = "a1b"
        IF           = "yes"
        REPEAT       = "b a b c "
        ESCAPES      = "a\tb\"c\\dé😀 $${x} %%{y}"
        LATER        = "${attr.kernel.name} ${node.unique.name} ${NOMAD_ALLOC_ID} ${meta["rack"]}"
        LATER_BARE   = "${NOMAD_TASK_DIR}"
        ABS          = "12.5"
        BASE64       = "aMOpbGxv hello"
        BASENAME     = "b.txt / a /a ."
        CAN          = "false true none"
        CEIL         = "2 -2 -1 1024 3"
        CHOMP        = "text"
        CHUNKS       = "[[\"b\",\"a\",\"b\"],[\"c\"]]"
        CIDR         = "10.1.0.5 10.1.255.255 255.240.0.0 10.2.0.0/16"
        CIDR_6       = "fd00::22 fd00:0:0:a2::/64"
        CIDR_SUBNETS = "10.1.0.0/20 10.1.16.0/20 10.1.32.0/24 10.1.48.0/20"
        COALESCE     = "b c"
        COMPACT      = "a,b"
        CONTAINS     = "true false"
        CONVERT      = "6 [\"a\",\"b\"]"
        CSV          = "[{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\",\"b\":\"4\"}]"
        DISTINCT     = "b,a,c"
        ELEMENT      = "a c"
        EXISTS       = "true false"
        FILES        = "note.txt"
        FILE         = "a note\nof two lines"
        FILE_64      = "YSBub3RlCm9mIHR3byBsaW5lcwo="
        FORMAT       = "a 42   3.1|ab    |000042|ff \"q\\\"\" [1,\"b\"] true %"
        FORMAT_2     = "1.234568e+04 1e-05 1e+21 1E-07 +5 0xff 0.00001 12345.678"
        FORMAT_INDEX = "b a"
        FORMATDATE   = "Saturday, 21 Nov 2026 15:04:05 UTC at 3 pm"
        FORMATDATE_2 = "26-3-4 5:6:7 +02:00 +0200 +02:00"
        FORMATLIST   = "a-1,b-2"
        INDENT       = "a\n    b\n    c"
        INDEX_OF     = "y v"
        JSON         = "{\"a\":\"\\u003c\\u0026\\u003e\",\"b\":[1,2.5,true,null]}"
        JSON_DECODE  = "c"
        KEYS         = "one,two 1,2"
        LENGTH       = "4 2"
        LOOKUP       = "1 9"
        CASES        = "äbc ÄBC Hello Wörld Foo_bar It'S"
        EXTREMES     = "12 3 5"
        MERGE        = "{\"one\":1,\"two\":3}"
        HASHES       = "0cc175b9c0f1b6a831c399e269772661 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb 1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75"
        PARSEINT     = "255 -5"
        RANGE        = "0,1,2 1,2,3 5,3 0,-1"
        REPLACE      = "a+b+c a<1>b<22> v=k"
        REVERSE      = "cba bña 3"
        SETS         = "b a,b,c"
        PRODUCT      = "[[\"a\",1],[\"a\",2],[\"b\",1],[\"b\",2]]"
        SLICE        = "a,b"
        SORT         = "a,b,b,c"
        SPLIT        = "a|b||c a|ñ"
        SUBSTR       = "ell ll llo hello"
        TIMEADD      = "2026-11-21T16:34:05Z 2026-11-20T15:04:05+02:00"
        TRIM         = "a bc ab a"
        URL          = "a+b%26c%2F%C3%B6~-_."
        UUID         = "cfbff0d1-9375-5685-968c-48ce8b15ae17"
        YAML_DECODE  = "{\"a\":1,\"b\":[\"x\",\"y\"],\"c\":{\"d\":true}}"
        ZIPMAP       = "{\"a\":1,\"b\":2}"
      }

      meta {
        yaml = <<EOF
"a": "text"
"b":
- "x"
- "c": 1.5
  "d": null
  "e": []
- - "n"
  - "m"
"key with: colon": true
"l": |
  two
  lines
"m": |-
  no newline
  at the end
"n": " \n leading"
"o": "a long line that goes on and on, past the eightieth column, with \"quotes\"
  and a\ttab, until it is folded somewhere"
"p": {}
EOF
      }
    }
  }

  meta {
    hlmc-lab = "job-files"
  }
}
