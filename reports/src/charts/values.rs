//! The values of a chart as a table for people and as comma-separated values for programs.

use super::{Bars, Lines, Point, Write};
use maud::{Markup, html};

/// The values of a chart: a row for each place, a column for each series.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// What the first columns are called.
    places: Vec<String>,
    series: Vec<String>,
    rows: Vec<Row>,
    write: Write,
}

#[derive(Clone, Debug)]
struct Row {
    /// For people, and for programs.
    place: Vec<(String, String)>,
    values: Vec<Option<Point>>,
}

impl From<&Lines> for Values {
    fn from(chart: &Lines) -> Self {
        let has_titles = chart.panels.iter().any(|panel| !panel.title.is_empty());
        let mut places = vec![chart.across.label.clone()];
        if has_titles {
            places.insert(0, "panel".to_owned());
        }
        let mut series: Vec<String> = Vec::new();
        for one in chart.panels.iter().flat_map(|panel| &panel.series) {
            if !series.contains(&one.name) {
                series.push(one.name.clone());
            }
        }
        let mut rows = Vec::new();
        for panel in &chart.panels {
            let points = panel.series.iter().flat_map(|series| &series.points);
            let mut ats: Vec<f64> = points.map(|point| point.at).collect();
            ats.sort_by(f64::total_cmp);
            ats.dedup();
            for at in ats {
                let mut place = vec![((chart.across.write)(at), at.to_string())];
                if has_titles {
                    place.insert(0, (panel.title.clone(), panel.title.clone()));
                }
                let value = |name: &String| {
                    let one = panel.series.iter().find(|one| one.name == *name)?;
                    one.points.iter().find(|point| point.at == at).copied()
                };
                let values = series.iter().map(value).collect();
                rows.push(Row { place, values });
            }
        }
        Self {
            places,
            series,
            rows,
            write: chart.up.write,
        }
    }
}

impl From<&Bars> for Values {
    fn from(chart: &Bars) -> Self {
        let rows = chart.groups.iter().map(|group| Row {
            place: vec![(group.name.clone(), group.name.clone())],
            values: group.values.clone(),
        });
        Self {
            places: vec![chart.across.clone()],
            series: chart.series.clone(),
            rows: rows.collect(),
            write: chart.up.write,
        }
    }
}

impl Values {
    /// As a table.
    pub(crate) fn table(&self) -> Markup {
        html! {
            div.wide { table.sortable {
                thead { tr {
                    @for place in &self.places { th { (place) } }
                    @for name in &self.series { th.number { (name) } }
                } }
                tbody { @for row in &self.rows { tr {
                    @for (shown, exact) in &row.place { td data-value=(exact) { (shown) } }
                    @for value in &row.values { (self.cell(*value)) }
                } } }
            } }
        }
    }

    fn cell(&self, value: Option<Point>) -> Markup {
        html! {
            @if let Some(value) = value {
                td.number data-value=(value.value) {
                    ((self.write)(value.value))
                    @if let Some((low, high)) = value.interval {
                        " " span.interval { "[" ((self.write)(low)) ", " ((self.write)(high)) "]" }
                    }
                }
            } @else {
                td.number {}
            }
        }
    }

    /// As comma-separated values: a row for each point, exact.
    pub(crate) fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let heading = self.places.iter().map(String::as_str);
        let mut records: Vec<Vec<String>> = vec![
            heading
                .chain(["series", "value", "low_95", "high_95"])
                .map(str::to_owned)
                .collect(),
        ];
        for row in &self.rows {
            for (name, value) in self.series.iter().zip(&row.values) {
                let Some(value) = value else { continue };
                let mut record: Vec<String> =
                    row.place.iter().map(|(_, exact)| exact.clone()).collect();
                record.push(name.clone());
                record.push(value.value.to_string());
                let ends = value.interval;
                record.push(ends.map_or_else(String::new, |(low, _)| low.to_string()));
                record.push(ends.map_or_else(String::new, |(_, high)| high.to_string()));
                records.push(record);
            }
        }
        for record in records {
            writer
                .write_record(record)
                .expect("memory can be written, and every row has as many fields");
        }
        let bytes = writer.into_inner().expect("memory can be written");
        String::from_utf8(bytes).expect("texts make a text")
    }
}
