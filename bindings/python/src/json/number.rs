//! Whole numbers, which most numbers are.

/// As many digits fit into 64 bits, whatever they are.
const MOST: usize = 18;

/// The whole number that comes next, of 18 digits at the most, and its length in JSON's spelling. Minus zero is not one: it is a float.
pub(super) fn whole(bytes: &[u8]) -> Option<(i64, usize)> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut number = 0;
    let mut rest = digits;
    // Times have thirteen digits.
    if let Some((eight, more)) = digits.split_first_chunk()
        && let Some(eight) = eight_digits(*eight)
    {
        number = eight;
        rest = more;
    }
    while let [digit @ b'0'..=b'9', more @ ..] = rest {
        // More than fit in are counted below.
        number = number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
        rest = more;
    }
    let length = digits.len() - rest.len();
    let is_more = matches!(rest, [b'.' | b'e' | b'E', ..]);
    let zero = digits.first() == Some(&b'0');
    if is_more || length == 0 || length > MOST || (zero && (negative || length > 1)) {
        return None;
    }
    Some(if negative { (-number, length + 1) } else { (number, length) })
}

/// The number that eight digits stand for, if they are some: all of them at once.
const fn eight_digits(digits: [u8; 8]) -> Option<i64> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    // The first digit is the lowest byte.
    let word = u64::from_le_bytes(digits);
    // Digits are 0x30 to 0x39: neither they nor six more may be beyond 0x3f.
    let beyond = (word | word.wrapping_add(ONES * 6)) & (ONES * 0xf0);
    if beyond != ONES * 0x30 || word & (ONES * 0xf0) != ONES * 0x30 {
        return None;
    }
    // Two, four, eight digits in each place.
    let word = word & (ONES * 0x0f);
    let word = (word * 10 + (word >> 8)) & 0x00ff_00ff_00ff_00ff;
    let word = (word * 100 + (word >> 16)) & 0x0000_ffff_0000_ffff;
    let word = (word * 10_000 + (word >> 32)) & 0xffff_ffff;
    Some(word as i64)
}
