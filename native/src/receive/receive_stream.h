// One stream of a receiver: reads frames, writes files, answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connection/link.h"
#include "receive/range_receiver.h"
#include "receive/receive_session.h"

namespace penstock {

/** Belongs to one thread. */
class ReceiveStream {
 public:
  ReceiveStream(UniqueSocket socket, ReceiveSession& session, Wake& wake);
  /** Says `hello`, receives until END, waits for the commit, says DONE, waits for the sender to close. */
  void Run(const std::vector<uint8_t>& hello);

 private:
  void ReceiveFrames();
  Header ReadHeader();
  void ReadBody(uint8_t* to, size_t size);
  /** Waits until it is known whether the transfer has this file. */
  void AwaitFile(uint32_t index);
  void OnData(const Header& header);
  void OnHole(const Header& header);
  void OnFileEnd(const Header& header);
  // `inPlaceOfCheck`: it follows a DATA frame of that file, so that it may repeat what another stream has
  // said.
  void OnFileFailed(const Header& header, bool inPlaceOfCheck);
  void OnBatch(const Header& header);
  Code ReadCancel();
  [[noreturn]] void OnCancel();
  bool ReadCheck(const Header& data, uint32_t* crc);
  void AskAgain(StagedFile& file, uint64_t offset, uint64_t length);
  void RangeDone(StagedFile& file, uint64_t offset, uint64_t length);
  void Opened(StagedFile& file);
  void CloseWhole(StagedFile& file);
  /** Closes a file that has come whole; it fails where that fails. */
  void Close(uint32_t index, UniqueFd file);
  void WriteWholeFile(uint32_t index, const uint8_t* data, size_t size);
  // Makes the file under its own name, or under its number where that is not to be.
  UniqueFd Create(uint32_t index);
  UniqueFd CreatePlaced(uint32_t index, const Placement& placement);
  void CloseFolder();
  // Gives a file that was made under its own name its mode and time.
  void Dress(uint32_t index, Descriptor file);
  void WriteBack();
  void AwaitFinish();
  void SayDone();
  void Farewell(const SessionEnd& end);

  ReceiveSession& session_;
  Link link_;
  OpenFrame frame_{link_};
  ThreadUsage usage_;
  RangeReceiver ranges_;
  std::unique_ptr<uint8_t[]> batch_;
  bool endRead_ = false;
  // The folder that the last placed file was made in, since neighbours share it.
  UniqueFd folder_;
  std::string folderPath_;
  Clock::time_point lastWriteBack_ = Clock::now();
};

}  // namespace penstock
