//! The trend as small pictures, one per region: bars of entries above bars of overtime. Pure geometry; the template writes SVG with
//! attributes and classes only, since the content security policy allows no inline style. All regions share their scales, so they are
//! comparable.

/// Width of a picture, in its own units.
pub const WIDTH: i64 = 324;
/// Height of a picture.
pub const HEIGHT: i64 = 168;
/// Length of the longest bar.
const LONGEST: i64 = 44;
/// Distance from one bar to the next, for twelve bars.
const PITCH: i64 = WIDTH / 12;
const BAR: i64 = 19;
/// Baselines of the two bands.
const FLOORS: [i64; 2] = [72, 146];

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Left edge.
    pub x: i64,
    /// Upper edge.
    pub y: i64,
    /// Width.
    pub width: i64,
    /// Height; 0 for no value.
    pub height: i64,
    /// Text above it; empty without a value.
    pub text: String,
}

impl Bar {
    /// X of the middle, for the text above it.
    pub fn middle(&self) -> i64 {
        self.x + self.width / 2
    }

    /// Y of the text above it.
    pub fn text_y(&self) -> i64 {
        self.y - 3
    }
}

/// Bars of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Y of the baseline.
    pub floor: i64,
    /// From left to right.
    pub bars: Vec<Bar>,
}

/// The bars of `values` in the first (0) or second (1) band. A value of `most` gets the longest bar. `text` formats the text above a bar.
/// Any value above 0 gets a visible bar.
pub fn band(place: usize, values: &[i64], most: i64, text: impl Fn(i64) -> String) -> Band {
    let floor = FLOORS[place.min(1)];
    let bar = |(place, value): (usize, &i64)| {
        let height = if *value > 0 { (value * LONGEST / most.max(1)).clamp(1, LONGEST) } else { 0 };
        let x = i64::try_from(place).unwrap_or_default() * PITCH + (PITCH - BAR) / 2;
        Bar { x, y: floor - height, width: BAR, height, text: if *value > 0 { text(*value) } else { String::new() } }
    };
    Band { floor, bars: values.iter().enumerate().map(bar).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values_and_stand_on_one_line() {
        let band = band(0, &[0, 1, 50, 100], 100, |value| value.to_string());
        let heights: Vec<_> = band.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [0, 1, 22, 44], "little is seen, nothing is not");
        assert!(band.bars.iter().all(|bar| bar.y + bar.height == band.floor));
        assert_eq!(band.bars[0].text, "");
        assert_eq!(band.bars[3].text, "100");
    }

    #[test]
    fn twelve_bars_fit_into_the_picture_and_the_bands_do_not_touch() {
        let [entries, overtime] = [0, 1].map(|place| band(place, &[7; 12], 7, |value| value.to_string()));
        assert!(entries.bars.iter().all(|bar| bar.x >= 0 && bar.x + bar.width <= WIDTH && bar.text_y() > 18));
        assert!(overtime.bars.iter().all(|bar| bar.text_y() > entries.floor + 18 && overtime.floor < HEIGHT));
        assert!(entries.bars.windows(2).all(|pair| pair[0].x + pair[0].width < pair[1].x));
    }

    #[test]
    fn a_scale_of_nothing_is_no_accident() {
        assert!(band(1, &[0, 0], 0, |value| value.to_string()).bars.iter().all(|bar| bar.height == 0));
    }
}
