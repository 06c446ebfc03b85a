// Elements of user interfaces, which applications keep in the same repository.
import React, { Fragment } from "react";
const Generic = <T,>(props: { items: T[] }) => <ul>{props.items.map((item) => <li key={1}>text's "quotes" // no comment {item}</li>)}</ul>;
const Constrained = <T extends unknown>(x: T) => <></>;
export default function Page({ title, ...rest }: Props) {
	const compared = a < b && c > d, cast = title as string;
	if (!title) return null;
	return (
		<Layout.Main {...rest} data-id="a\b" aria-label='multi
line' title={<b>bold</b>} element=<i/> empty={/* nothing */ undefined} flag xlink:href="#" {...{ a: 1 }}>
			{/* a comment */}
			<Table<Row> rows={[]} render={(row) => <td>{row.id}</td>} />
			<custom-element some-attr={1}>&nbsp;&#123; {...children} {" "}</custom-element>
			<>{cond ? <a href="/x">one / two</a> : <b />} {`a${1}`}</>
			<this.Component /> <Fragment key="x"></Fragment> <svg:rect /><div
				// comments between attributes
				onClick={async () => { await go<string>(1 > 0 ? "a" : "b"); }}
			/>
		</Layout.Main>
	);
}
