//! Makes documents up, the same ones in every run: valid ones, and valid ones with a few
//! characters changed.

/// A small generator of pseudo-random numbers (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Returns a valid document.
pub(crate) fn document(seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut out = String::new();
    if random.one_in(20) {
        out.push('\u{FEFF}');
    }
    nodes(&mut random, 0, &mut out);
    out
}

/// What is put together at random, or into a document.
const PIECES: &[&str] = &[
    "\"", "\"\"\"", "#", "#\"", "\\", "/", "/-", "/*", "*/", "//", "{", "}", "(", ")", "=", ";", "\n", " ", "\t",
    "\r\n", "-", "+", ".", "0", "1", "0x", "_", "e", "true", "#true", "inf", "[", "]", ",", "é", "\u{a0}", "\u{2028}",
    "\u{200e}", "\\u{41}", "\\n", "'", "\u{b}",
];

/// How many documents a test makes up: more by `HLMC_SEEDS`.
pub(crate) fn seeds(usual: u64) -> std::ops::Range<u64> {
    let seeds = std::env::var("HLMC_SEEDS").ok();
    0..seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(usual)
}

/// Returns anything.
pub(crate) fn soup(seed: u64) -> String {
    let mut random = Random::new(seed ^ 0x1234);
    (0..random.below(40)).map(|_| random.pick(PIECES)).collect()
}

/// Returns a document with a few characters changed: mostly invalid, and never far from valid.
pub(crate) fn mutant(seed: u64) -> String {
    let mut random = Random::new(seed ^ 0xABCD);
    let mut chars: Vec<char> = document(seed).chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len() + 1);
        if random.one_in(2) && at < chars.len() {
            chars.remove(at);
        } else {
            let piece = random.pick(PIECES);
            chars.splice(at..at, piece.chars());
        }
    }
    chars.into_iter().collect()
}

fn nodes(random: &mut Random, depth: usize, out: &mut String) {
    for _ in 0..random.below(5) {
        lines(random, out);
        if random.one_in(10) {
            out.push_str("/-");
            lines(random, out);
        }
        if random.one_in(6) {
            annotation(random, out);
        }
        string(random, out);
        entries(random, out);
        blocks(random, depth, out);
        space(random, out);
        out.push_str(random.pick(&["\n", "\n", "\n", ";", "\r\n", " // end\n", "\u{2028}"]));
    }
    lines(random, out);
}

fn entries(random: &mut Random, out: &mut String) {
    for _ in 0..random.below(4) {
        gap(random, out);
        if random.one_in(10) {
            out.push_str("/-");
            lines(random, out);
        }
        if random.one_in(3) {
            string(random, out);
            space(random, out);
            out.push('=');
            space(random, out);
        }
        if random.one_in(6) {
            annotation(random, out);
        }
        value(random, out);
    }
}

fn blocks(random: &mut Random, depth: usize, out: &mut String) {
    if depth > 3 || random.below(3) > 0 {
        return;
    }
    for slashdash in [random.one_in(8), false, random.one_in(8)] {
        space(random, out);
        if slashdash {
            out.push_str("/-");
            lines(random, out);
        } else if random.one_in(4) {
            continue;
        }
        out.push('{');
        nodes(random, depth + 1, out);
        out.push('}');
    }
}

fn annotation(random: &mut Random, out: &mut String) {
    out.push('(');
    space(random, out);
    string(random, out);
    space(random, out);
    out.push(')');
    space(random, out);
}

fn value(random: &mut Random, out: &mut String) {
    match random.below(5) {
        0 => out.push_str(random.pick(&[
            "0",
            "1",
            "-7",
            "+12",
            "1_000",
            "0x1F",
            "-0o17",
            "0b1010_1",
            "1.5",
            "-0.0",
            "1e10",
            "2.5E-3",
            "1.0e+1_0",
            "007",
            "170141183460469231731687303715884105727",
            "0x0_",
        ])),
        1 => out.push_str(random.pick(&["#true", "#false", "#null", "#inf", "#-inf", "#nan"])),
        _ => string(random, out),
    }
}

fn string(random: &mut Random, out: &mut String) {
    match random.below(8) {
        0 => out.push_str(random.pick(&[
            "\"\"",
            "\"a b\"",
            "\"\\n\\t\\\\\\\"\"",
            "\"\\u{1F600}é\"",
            "\"x\\   y\"",
            "\"x\\\n   y\"",
            "\"{};=()#//\"",
        ])),
        1 => out.push_str(random.pick(&["#\"a\"b\"#", "##\"\"#\"##", "#\"\\n\"#", "#\"\"#", "#\"// no\"#"])),
        2 if random.one_in(2) => out.push_str(random.pick(&[
            "\"\"\"\n\"\"\"",
            "\"\"\"\n  a\n    b\n\n  \"\"\"",
            "\"\"\"\r\n\t\"q\" \\\"\"\"\r\n\t\"\"\"",
            "\"\"\"\n  a \\\n    b\n  \"\"\"",
            "#\"\"\"\n  \\a\n \n  \"\"\"#",
            "\"\"\"\n \\s x\\n\n \"\"\"",
        ])),
        _ => out.push_str(random.pick(&[
            "a",
            "node",
            "key",
            "-",
            "--x",
            "+.",
            "a,b",
            "x.y",
            "r",
            "é",
            "ノード",
            "true_",
            "_1",
            "<>",
            "'a'",
            "a:b",
            "-a",
            ".a",
            "*",
            "infx",
        ])),
    }
}

/// White space that may be missing.
fn space(random: &mut Random, out: &mut String) {
    if random.one_in(3) {
        gap(random, out);
    }
}

/// White space within a node.
fn gap(random: &mut Random, out: &mut String) {
    out.push_str(random.pick(&[
        " ",
        " ",
        " ",
        " ",
        "  ",
        "\t",
        "\u{a0}",
        "/* c */",
        " /* a /* b\n */ */ ",
        " \\\n  ",
        " \\ // c\n",
        "\u{3000}",
        "\\\n\\\n",
    ]));
}

/// White space between nodes.
fn lines(random: &mut Random, out: &mut String) {
    for _ in 0..random.below(3) {
        out.push_str(random.pick(&[
            " ",
            "\n",
            "\n\n\n",
            "    ",
            "// c  \n",
            "/* c */",
            "\r\n",
            "\u{85}",
            "\u{c}",
            "\\\n",
            "/* a\n  b */",
        ]));
    }
}
