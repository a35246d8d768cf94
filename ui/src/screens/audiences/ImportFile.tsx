// A file on its way in, from anywhere on the page: held over the window, looked at, kept.

import {
  Button,
  ButtonGroup,
  ComboBox,
  ComboBoxItem,
  Content,
  DialogContainer,
  FullscreenDialog,
  Heading,
  Picker,
  PickerItem,
  StatusLight,
  TextField,
  ToastQueue,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useState } from "react";
import { backend } from "../../backend/call";
import type { Code, FileRequest, TakenFor } from "../../backend/types";
import { TaskProgress } from "../../parts/Progress";
import { Loading, ProblemNote } from "../../parts/States";
import { useAudiences } from "../../state/queries";
import { go, to } from "../../state/route";
import { useTask } from "../../state/tasks";
import { words } from "../../words";
import { counted } from "../../words/format";
import { LookedAt } from "./LookedAt";
import { chooseFile, type Offer, useDragging, useOffered } from "./offered";

const t = words.audiences.look;

/** The encodings that files of people come in, by their names in the WHATWG standard. */
const ENCODINGS = [
  "UTF-8",
  "UTF-16LE",
  "UTF-16BE",
  "windows-1252",
  "ISO-8859-2",
  "ISO-8859-15",
  "windows-1250",
  "windows-1251",
  "Shift_JIS",
  "EUC-JP",
  "EUC-KR",
  "GBK",
  "gb18030",
  "Big5",
];
/** Problems of a file that no other way to read it mends. */
const OF_NO_USE: readonly Code[] = ["file_unreadable", "file_empty", "file_damaged", "file_too_large"];
const DELIMITERS = [",", ";", "\t", "|"];

/** With the one that is in use, if it is none of the usual. */
function delimitersWith(inUse: string | null): string[] {
  return [...new Set(inUse === null ? DELIMITERS : [...DELIMITERS, inUse])];
}

const overlay = style({
  position: "fixed",
  inset: 16,
  zIndex: 10,
  display: "flex",
  flexDirection: "column",
  alignItems: "center",
  justifyContent: "center",
  gap: 8,
  borderWidth: 2,
  borderStyle: "dashed",
  borderColor: "blue-900",
  borderRadius: "xl",
  backgroundColor: "blue-100",
  pointerEvents: "none",
});
const bar = style({
  display: "grid",
  gap: 16,
  gridTemplateColumns: "repeat(auto-fit, minmax(200px, 1fr))",
  alignItems: "start",
});
const column = style({ display: "flex", flexDirection: "column", gap: 24, paddingEnd: 16 });

export function ImportFile() {
  const { offer, more, done } = useOffered();
  const dragging = useDragging();
  return (
    <>
      {dragging ? (
        <div className={overlay} role="status">
          <div className={style({ font: "heading" })}>{words.audiences.drop}</div>
          <div className={style({ font: "body" })}>{words.audiences.dropText}</div>
        </div>
      ) : null}
      <DialogContainer onDismiss={() => offer !== null && done(offer)}>
        {offer === null ? null : (
          <Import key={offer.file.handle} offer={offer} more={more} done={() => done(offer)} />
        )}
      </DialogContainer>
    </>
  );
}

/** A name for the audience of a file: the file's, without its endings. */
export function nameFor(file: string): string {
  return file.replace(/(\.(csv|tsv|txt|parquet|xlsx|gz|gzip|zst|zstd))+$/i, "") || file;
}

/** Whether a file is text, by its name: until somebody has looked into it. */
function isNamedText(file: string): boolean {
  return !/\.(parquet|xlsx)$/i.test(file);
}

interface ImportProps {
  offer: Offer;
  /** How many files wait behind it. */
  more: number;
  done: () => void;
}

function Import({ offer, more, done }: ImportProps) {
  const { file, audience } = offer;
  const [name, setName] = useState(audience ?? nameFor(file.name));
  const [encoding, setEncoding] = useState<string | null>(null);
  const [delimiter, setDelimiter] = useState<string | null>(null);
  const [sheet, setSheet] = useState<string | null>(null);
  // What the last look found stays while the next one is under way or has failed: how the
  // file is read is chosen by it.
  const [taken, setTaken] = useState<TakenFor | null>(null);
  const [sheets, setSheets] = useState<readonly string[]>([]);
  const look = useTask(backend.lookAtFile);
  const keep = useTask(backend.importFile);
  const request: FileRequest = {
    handle: file.handle,
    name: name.trim() === "" ? nameFor(file.name) : name,
    encoding,
    delimiter,
    sheet: sheet ?? sheets[0] ?? null,
  };
  const { run: lookAgain } = look;
  // Read again for each other way to read it; the name alone changes nothing in it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    look.stop();
    void lookAgain(request);
  }, [encoding, delimiter, sheet, lookAgain]);
  useEffect(() => {
    if (look.result !== undefined) {
      setTaken(look.result.taken_for);
      setSheets((before) => (look.result?.sheets.length === 0 ? before : (look.result?.sheets ?? before)));
    }
  }, [look.result]);
  const { stop: stopLook } = look;
  const { stop: stopKeep } = keep;
  // Whichever way the dialog goes, nothing goes on unseen.
  useEffect(
    () => () => {
      stopLook();
      stopKeep();
    },
    [stopLook, stopKeep],
  );
  const submit = async () => {
    const kept = await keep.run(request);
    if (kept !== undefined) {
      ToastQueue.positive(t.imported(kept.name, counted(kept.rows, "member", "members")), { timeout: 5000 });
      done();
      go(to("audiences", kept.name));
    }
  };
  const chooseInstead = async () => {
    if (await chooseFile(audience)) {
      done();
    }
  };
  const looked = look.result;
  const audiences = useAudiences();
  const known = audiences.data?.some((one) => one.name === name.trim()) ?? false;
  const isText = taken === null ? isNamedText(file.name) : taken.format === "csv";
  const cutBy = delimiter ?? taken?.delimiter ?? null;
  return (
    <FullscreenDialog>
      <Heading slot="title">{t.title(file.name)}</Heading>
      <Content>
        <div className={column}>
          <div className={bar}>
            <TextField
              autoFocus
              isRequired
              label={t.name}
              value={name}
              onChange={setName}
              description={known ? t.knownName : t.newAudience}
            />
            {isText ? (
              <>
                <ComboBox
                  label={t.encoding}
                  defaultItems={ENCODINGS.map((id) => ({ id }))}
                  selectedKey={encoding ?? taken?.encoding ?? null}
                  onSelectionChange={(key) => key !== null && setEncoding(String(key))}
                >
                  {(item) => <ComboBoxItem id={item.id}>{item.id}</ComboBoxItem>}
                </ComboBox>
                <Picker
                  label={t.delimiter}
                  selectedKey={cutBy}
                  onSelectionChange={(key) => key !== null && setDelimiter(String(key))}
                >
                  {delimitersWith(cutBy).map((id) => (
                    <PickerItem key={id} id={id}>
                      {t.delimiters[id] ?? id}
                    </PickerItem>
                  ))}
                </Picker>
              </>
            ) : null}
            {sheets.length === 0 ? null : (
              <Picker
                label={t.sheet}
                description={t.sheetHelp}
                selectedKey={sheet ?? sheets[0] ?? null}
                onSelectionChange={(key) => key !== null && setSheet(String(key))}
              >
                {sheets.map((id) => (
                  <PickerItem key={id} id={id}>
                    {id}
                  </PickerItem>
                ))}
              </Picker>
            )}
          </div>
          {more === 0 ? null : (
            <StatusLight variant="informative">
              {t.more(counted(more, "file waits", "files wait"))}
            </StatusLight>
          )}
          {keep.busy ? <TaskProgress label={t.importing} progress={keep.progress} stop={keep.stop} /> : null}
          {keep.problem === null ? null : <ProblemNote problem={keep.problem} />}
          {look.busy ? <TaskProgress label={t.looking} progress={look.progress} stop={look.stop} /> : null}
          {look.problem === null ? null : (
            <ProblemNote
              problem={look.problem}
              action={
                <>
                  {OF_NO_USE.includes(look.problem.code) ? (
                    <Button variant="accent" onPress={() => void chooseInstead()}>
                      {t.another}
                    </Button>
                  ) : null}
                  <Button variant="secondary" onPress={() => void lookAgain(request)}>
                    {words.common.tryAgain}
                  </Button>
                </>
              }
            />
          )}
          {looked === undefined ? (
            look.busy ? (
              <Loading />
            ) : null
          ) : look.problem === null ? (
            <LookedAt look={looked} bytes={file.bytes} />
          ) : null}
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={done}>
          {words.common.cancel}
        </Button>
        <Button
          variant="accent"
          isPending={keep.busy}
          isDisabled={looked === undefined || look.busy || look.problem !== null || name.trim() === ""}
          onPress={() => void submit()}
        >
          {t.import}
        </Button>
      </ButtonGroup>
    </FullscreenDialog>
  );
}
