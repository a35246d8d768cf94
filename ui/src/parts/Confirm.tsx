// Asking before something is done that cannot be undone.

import { AlertDialog, DialogContainer } from "@react-spectrum/s2";
import type { ReactNode } from "react";
import { words } from "../words";

export interface ConfirmProps {
  /** Nothing is asked while it is closed. */
  open: boolean;
  title: string;
  children: ReactNode;
  /** What the button says: the deed itself, never "OK". */
  deed: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ open, title, children, deed, onConfirm, onClose }: ConfirmProps) {
  return (
    <DialogContainer onDismiss={onClose}>
      {open ? (
        <AlertDialog
          variant="destructive"
          title={title}
          primaryActionLabel={deed}
          cancelLabel={words.common.cancel}
          onPrimaryAction={onConfirm}
        >
          {children}
        </AlertDialog>
      ) : null}
    </DialogContainer>
  );
}
