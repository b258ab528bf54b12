//! Limits as the tables write them: `least=1` for a number, `least="10MiB"` for a size, `least="5s"` for a time.

const SIZES: [(&str, i64); 2] = [("MiB", 1 << 20), ("B", 1)];
const TIMES: [(&str, i64); 5] =
    [("ns", 1), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

/// The limit in what the compiler counts a value of this type in: megabytes, bytes, nanoseconds, or just numbers.
pub(super) fn read(text: &str, ty: &str) -> Option<i64> {
    let units: &[(&str, i64)] = match ty {
        "Int" | "Ints" => return text.parse().ok(),
        "Megabytes" | "Size" => &SIZES,
        "Duration" | "Time" => &TIMES,
        _ => return None,
    };
    let per = if ty == "Megabytes" { 1 << 20 } else { 1 };
    units.iter().find_map(|(unit, size)| Some(text.strip_suffix(unit)?.parse::<i64>().ok()? * size / per))
}
