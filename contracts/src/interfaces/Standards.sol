// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";

// The standards that OpenZeppelin 5.7 does not ship, reduced to their signatures. Their interface ids are asserted in
// the tests against the numbers printed in the standards.

/// @title ERC-7943 (uRWA), the form for ERC-721: who may send and receive, what is frozen, what is taken by order.
/// @dev Interface id 0xbf1ef5fe.
interface IERC7943NonFungible is IERC165 {
    event ForcedTransfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Frozen(address indexed account, uint256 indexed tokenId, bool indexed frozenStatus);

    error ERC7943CannotSend(address account);
    error ERC7943CannotReceive(address account);
    error ERC7943CannotTransfer(address from, address to, uint256 tokenId);
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 tokenId);

    function forcedTransfer(address from, address to, uint256 tokenId) external returns (bool result);
    function setFrozenTokens(address account, uint256 tokenId, bool frozenStatus) external returns (bool result);
    function canSend(address account) external view returns (bool allowed);
    function canReceive(address account) external view returns (bool allowed);
    function getFrozenTokens(address account, uint256 tokenId) external view returns (bool frozenStatus);
    function canTransfer(address from, address to, uint256 tokenId) external view returns (bool allowed);
}

/// @title ERC-7858: tokens that expire. Ours expire by time, in unix seconds.
/// @dev Interface id 0x3ebdfa31.
interface IERC7858 {
    enum EXPIRY_TYPE {
        BLOCKS_BASED,
        TIME_BASED
    }

    event TokenExpiryUpdated(uint256 indexed tokenId, uint256 indexed startTime, uint256 indexed endTime);

    function expiryType() external view returns (EXPIRY_TYPE);
    function isTokenExpired(uint256 tokenId) external view returns (bool);
    function startTime(uint256 tokenId) external view returns (uint256);
    function endTime(uint256 tokenId) external view returns (uint256);
}

/// @title ERC-6672: one token, redeemed at several shops, each shop writing only its own redemptions.
/// @dev Interface id 0x4dddf83f.
interface IERC6672 {
    event Redeem(
        address indexed _operator, uint256 indexed _tokenId, address redeemer, bytes32 _redemptionId, string _memo
    );
    event Cancel(address indexed _operator, uint256 indexed _tokenId, bytes32 _redemptionId, string _memo);

    function isRedeemed(address _operator, bytes32 _redemptionId, uint256 _tokenId) external view returns (bool);
    function getRedemptionIds(address _operator, uint256 _tokenId) external view returns (bytes32[] memory);
    function redeem(bytes32 _redemptionId, uint256 _tokenId, string calldata _memo) external;
    function cancel(bytes32 _redemptionId, uint256 _tokenId, string calldata _memo) external;
}

/// @title ERC-6454: may this token move?
/// @dev Interface id 0x91a6262f.
interface IERC6454 {
    function isTransferable(uint256 tokenId, address from, address to) external view returns (bool);
}
