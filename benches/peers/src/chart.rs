//! What lists cost, as a picture.

use core::error::Error;

use anyhow::{Context, Result, anyhow};
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::series::DashedLineSeries;

use crate::measure::Measured;
use crate::programs::Program;

/// Draws the sizes of lists of the first chain against the time of a verification.
pub(crate) fn draw(programs: &[Program], measured: &[Measured]) -> Result<String> {
    let first = measured.first().context("nothing was measured")?;
    let chain = first.subject.chain();
    let chain: Vec<_> = measured
        .iter()
        .filter(|it| it.subject.chain() == chain)
        .collect();
    let lines: Vec<_> = programs
        .iter()
        .enumerate()
        .filter_map(|(number, program)| {
            let points = chain.iter().filter_map(|it| {
                let times = it.peers[number].as_ref()?;
                let entries = it.subject.entries as f64;
                Some((entries.max(NO_LIST), times.whole.quantile(0.5)))
            });
            let points: Vec<_> = points.collect();
            // One point is no line.
            (points.len() > 1).then_some((program.name, points))
        })
        .collect();
    let mut svg = String::new();
    let title = format!(
        "Verification of a client's chain: {}",
        first.subject.chain()
    );
    paint(&mut svg, &title, &lines).map_err(|error| anyhow!("{error}"))?;
    Ok(svg.replacen('>', &format!(">\n{STYLE}"), 1))
}

/// A peer's name, and for each size of list its entries and microseconds.
type Line<'p> = (&'p str, Vec<(f64, f64)>);

fn paint(svg: &mut String, title: &str, lines: &[Line<'_>]) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::with_string(svg, (900, 560)).into_drawing_area();
    root.fill(&WHITE)?;
    let text = ("sans-serif", 14).into_font();
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(48)
        .y_label_area_size(72)
        .build_cartesian_2d(
            (NO_LIST * 0.8..600_000.0).log_scale(),
            (10.0..1_000_000.0).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.15))
        .x_desc("entries of the CRL of the leaf's issuer (1k, 10k, 100k, 500k)")
        .y_desc("CPU time of a verification")
        .x_label_formatter(&|entries| match *entries {
            NO_LIST => "no CRL".to_owned(),
            entries => format!("{}k", entries / 1e3),
        })
        .y_label_formatter(&|time| match *time {
            1_000.0.. => format!("{} ms", time / 1e3),
            time => format!("{time} us"),
        })
        .label_style(text.clone())
        .draw()?;
    for ((name, points), (color, dash)) in lines.iter().zip(LOOKS) {
        let with_list = points
            .iter()
            .copied()
            .filter(|(entries, _)| *entries > NO_LIST);
        let series = match dash {
            Some((length, gap)) => {
                let style = color.stroke_width(2);
                let series = DashedLineSeries::new(with_list, length, gap, style);
                chart.draw_series(series)?.legend(move |(x, y)| {
                    let line = [(x, y), (x + 36, y)];
                    DashedPathElement::new(line, length, gap, style).into_dyn()
                })
            }
            None => {
                let style = color.stroke_width(3);
                let series = LineSeries::new(with_list, style);
                chart
                    .draw_series(series)?
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 36, y)], style).into_dyn())
            }
        };
        series.label(*name);
        let dots = points
            .iter()
            .map(|point| Circle::new(*point, 3, color.filled()));
        chart.draw_series(dots)?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .legend_area_size(44)
        .margin(8)
        .label_font(text)
        .draw()?;
    root.present()?;
    Ok(())
}

/// Where on the axis of entries those without a list stand: a logarithmic axis has no 0.
const NO_LIST: f64 = 100.0;

/// Colours that can be told apart on white and on black, and the lengths of dashes and gaps if the
/// line has any.
const LOOKS: [(RGBColor, Option<(u32, u32)>); 8] = [
    (RGBColor(0xD5, 0x5E, 0x00), None),
    (RGBColor(0x2F, 0x81, 0xD6), Some((12, 3))),
    (RGBColor(0x4F, 0xB3, 0xD9), Some((3, 3))),
    (RGBColor(0x00, 0x9E, 0x73), Some((8, 6))),
    (RGBColor(0xC9, 0x9A, 0x00), Some((16, 4))),
    (RGBColor(0x9A, 0x7B, 0x2E), Some((4, 6))),
    (RGBColor(0xC0, 0x6A, 0x9E), Some((10, 4))),
    (RGBColor(0x80, 0x80, 0x80), Some((6, 3))),
];

/// The colours of text and background, which are the other way round where the reader's are dark.
const STYLE: &str = "<style>
@media (prefers-color-scheme: dark) {
rect[fill=\"#FFFFFF\"] { fill: #0d1117 }
text { fill: #e6edf3 }
[stroke=\"#000000\"] { stroke: #8b949e }
}
</style>";
