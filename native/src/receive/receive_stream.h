// A stream of a receiver that carries content: reads frames, writes files, sends replies.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "receive/control_receiver.h"
#include "receive/range_receiver.h"
#include "receive/receive_session.h"
#include "system/content_io.h"

namespace penstock {

/** Belongs to one thread. */
class ReceiveStream {
 public:
  ReceiveStream(UniqueSocket socket, StreamKind kind, ReceiveSession& session, Wake& wake);
  /**
   * Sends `hello`, seals the stream if there are keys, and receives until STREAM_END; in a body until END, then sends the
   * report and DONE after the commit.
   */
  void Run(const StreamStart& start);

 private:
  void ReceiveFrames();
  Header ReadHeader();
  void ReadBody(uint8_t* to, size_t size);
  /** Waits until it is decided whether the transfer has this file. */
  void AwaitFile(uint32_t index);
  void OnData(const Header& header);
  void OnHole(const Header& header);
  void OnFileEnd(const Header& header);
  // `inPlaceOfCheck`: it follows a DATA frame of that file, and may repeat what another stream has received.
  void OnFileFailed(const Header& header, bool inPlaceOfCheck);
  void OnBatch(const Header& header);
  [[noreturn]] void OnCancel();
  /** The content of a DATA frame, written, or dropped where its file is lost. Returns its CRC-32C. */
  uint32_t ReceiveRange(const StagedFile& file, const Header& header);
  bool ReadCheck(const Header& data, uint32_t* crc);
  void RequestAgain(StagedFile& file, uint64_t offset, uint64_t length);
  void RangeDone(StagedFile& file, uint64_t offset, uint64_t length);
  void Opened(StagedFile& file);
  void CloseWhole(StagedFile& file);
  /**
   * The file fails, and the rest of its content is dropped. Throws StreamStop for an error that would meet the next file as
   * well.
   */
  void Lose(uint32_t index, const UniqueFd& file, int error, const char* syscall);
  /** The file fails by an error that concerns only it. */
  void LoseOne(uint32_t index, const UniqueFd& file, int error);
  /** Closes a whole file; the file fails if that fails. */
  void Close(uint32_t index, UniqueFd file);
  void WriteWholeFile(uint32_t index, const uint8_t* data, size_t size);
  // Creates the file under its own name, or under its number if that fails. Invalid if the file is lost.
  UniqueFd Create(uint32_t index);
  UniqueFd CreatePlaced(uint32_t index, const Placement& placement);
  void CloseFolder();
  // Sets mode and time of a file that was created under its own name.
  void ApplyModeAndTime(uint32_t index, Descriptor file);
  void WriteBack();

  ReceiveSession& session_;
  const StreamKind kind_;
  ThreadUsage usage_;
  Link link_;
  OpenFrame frame_{link_};
  // Of a body.
  ControlReceiver control_{session_, link_, frame_, usage_};
  RangeReceiver ranges_;
  // Of BATCH frames.
  ContentIo content_;
  std::unique_ptr<uint8_t[]> batch_;
  // The folder of the last placed file: the next one is often in it too.
  UniqueFd folder_;
  std::string folderPath_;
  Held held_;
  Clock::time_point lastWriteBack_ = Clock::now();
};

}  // namespace penstock
